const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\[\\"n])*",?)*)\})? (\S+)$/;

/** A page in Prometheus' text format as a scraper reads it. */
export interface ReadPage {
  /** Values by series, as written. */
  samples: ReadonlyMap<string, number>;
  /** The series that may never go down: counters, and the counts of histograms. */
  rising: ReadonlySet<string>;
}

/** Reads a page. Throws for a line that is none, a series that stands there twice, and one whose type was not told before. */
export function readPage(body: string): ReadPage {
  const samples = new Map<string, number>();
  const rising = new Set<string>();
  const types = new Map<string, string>();
  if (!body.endsWith('\n')) throw new Error('The page breaks off.');
  for (const line of body.slice(0, -1).split('\n')) {
    const [, typed, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (typed !== undefined && type !== undefined) types.set(typed, type);
    if (line === '' || line.startsWith('# ')) continue;
    const [, name, labels = '', text] = LINE.exec(line) ?? [];
    const value = text === undefined ? Number.NaN : Number(text.replace('Inf', 'Infinity'));
    if (name === undefined || (Number.isNaN(value) && text !== 'Nan')) throw new Error(`Not a sample: ${line}`);
    const family = types.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/, '');
    const kind = types.get(family);
    if (kind === undefined) throw new Error(`Nothing says what ${name} is.`);
    const series = `${name}{${labels}}`;
    if (samples.has(series)) throw new Error(`${series} stands there twice.`);
    samples.set(series, value);
    if (kind === 'counter' || kind === 'histogram') rising.add(series);
  }
  return { samples, rising };
}
