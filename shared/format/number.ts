/**
 * Dollars with their unit: `12.40 USD`, `1,234 USD`, `0 USD`. Below 0.10 two significant digits are kept, so that a tiny
 * cost never reads as nothing: `0.035 USD`, `0.00042 USD`.
 */
export function formatUsd(usd: number): string {
  return `${formatUsdAmount(usd)} USD`;
}

/** The figure of {@link formatUsd} without its unit, for columns whose head names the unit. */
export function formatUsdAmount(usd: number): string {
  const size = Math.abs(usd);
  if (size < 0.000_000_5) return '0';
  if (size < 0.0995) return plainSignificant(usd, 2);
  if (size < 999.995) return usd.toFixed(2);
  return groupThousands(Math.round(usd));
}

/** Two significant digits without an exponent and without trailing zeros beyond the cent. */
function plainSignificant(value: number, digits: number): string {
  const decimals = Math.max(2, digits - 1 - Math.floor(Math.log10(Math.abs(value))));
  const [whole, fraction = ''] = value.toFixed(decimals).split('.');
  return `${whole}.${fraction.slice(0, 2)}${fraction.slice(2).replace(/0+$/, '')}`;
}

/** A whole count: exact to 99,999 (`1,234`), then three digits with `k`, `M`, `B` (`123 k`, `1.23 M`). */
export function formatCount(count: number): string {
  return Math.abs(count) < 100_000 ? groupThousands(Math.round(count)) : compact(count);
}

/** Every digit of a whole number, grouped: `12,345,678`. For the exact figure behind a rounded one. */
export function formatExact(count: number): string {
  return groupThousands(Math.round(count));
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A size in binary units with three digits at most: `812 B`, `4.5 KiB`, `1.23 GiB`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, bytes)) / 10)));
  const value = bytes / 1024 ** power;
  const digits = power === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${BYTE_UNITS[power]}`;
}

/** Tokens: exact to 9,999, then three digits (`12.3 k`, `1.23 M`). The unit is left to the label. */
export function formatTokens(tokens: number): string {
  return Math.abs(tokens) < 10_000 ? groupThousands(Math.round(tokens)) : compact(tokens);
}

/**
 * A share of 0 to 1: `0 %`, `0.4 %`, `12 %`. What is not quite all or nothing never reads as all or nothing
 * (`99.9 %`, `<0.1 %`).
 */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent === 0) return '0 %';
  if (percent > 0 && percent < 0.1) return '<0.1 %';
  if (percent >= 99.9 && percent < 100) return '99.9 %';
  if (Math.abs(percent) < 9.95 || (percent > 99 && percent < 100)) return `${dropZeroFraction(percent.toFixed(1))} %`;
  return `${Math.round(percent)} %`;
}

/** A rate given per second: `4 /s`, `0.4 /s`, and in a longer unit when it is rarer: `3 /min`, `2 /h`, `0 /s`. */
export function formatRate(perSecond: number): string {
  if (perSecond === 0) return '0 /s';
  if (perSecond >= 0.1) return `${threeDigits(perSecond)} /s`;
  const perMinute = perSecond * 60;
  if (perMinute >= 0.1) return `${threeDigits(perMinute)} /min`;
  return `${threeDigits(perSecond * 3600)} /h`;
}

function threeDigits(value: number): string {
  if (value >= 99.95) return formatCount(value);
  return dropZeroFraction(value >= 0.995 ? value.toFixed(1) : value.toFixed(2));
}

const STEPS: readonly (readonly [size: number, suffix: string])[] = [
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'k'],
];

function compact(value: number): string {
  // 999,600 reads as 1 M, not as 1000 k: the step is chosen by what the rounded figure will be.
  const [size, suffix] = STEPS.find(([step]) => Math.abs(value) >= step * 0.9995) ?? [1, ''];
  const scaled = value / size;
  const decimals = Math.abs(scaled) < 9.995 ? 2 : Math.abs(scaled) < 99.95 ? 1 : 0;
  return `${dropZeroFraction(scaled.toFixed(decimals))} ${suffix}`.trim();
}

function dropZeroFraction(figure: string): string {
  return figure.includes('.') ? figure.replace(/\.?0+$/, '') : figure;
}

function groupThousands(whole: number): string {
  return String(whole === 0 ? 0 : whole).replace(/\B(?=(\d{3})+$)/g, ',');
}
