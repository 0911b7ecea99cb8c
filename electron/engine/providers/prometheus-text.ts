/** One sample of a Prometheus text exposition; labels are not needed here and left out. */
export interface Sample {
  name: string;
  value: number;
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{.*\})?\s+(\S+)/;

/** Reads the text format (https://prometheus.io/docs/instrumenting/exposition_formats); lines that are none are skipped. */
export function parsePrometheusText(text: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    const match = line.startsWith('#') ? null : LINE.exec(line);
    const value = Number(match?.[2]);
    return match && Number.isFinite(value) ? [{ name: match[1] ?? '', value }] : [];
  });
}
