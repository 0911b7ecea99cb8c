import { clsx } from 'clsx';
import { Fragment, type ReactNode } from 'react';
import { formatDuration } from '../../shared/format/duration.ts';
import { formatCount, formatExact, formatUsd } from '../../shared/format/number.ts';

const PIECES = /(−?[<≈]?\d[\d.,:]*)/;
/** A sign that is as wide as the digits, in place of the hyphen of a number. */
const HYPHEN = /(?<![\w.])-(?=[<≈]?\d)/g;

/** A formatted figure with its units smaller and lighter than its numbers: "4 h 10 min", "12.40 USD", "<0.1 %". */
export function Quantity({ text, className, title }: { text: string; className?: string; title?: string }) {
  return (
    <span className={clsx('whitespace-nowrap', className)} title={title}>
      {text
        .replace(HYPHEN, '−')
        .split(PIECES)
        .map((piece, index) => (
          // The pieces of one text have no identity but their place.
          <Fragment key={`${index}:${piece}`}>
            {index % 2 === 1 ? piece : <span className="text-[0.86em] font-normal text-ink-faint">{piece}</span>}
          </Fragment>
        ))}
    </span>
  );
}

/** A figure that is not known; never a zero. */
export function Nothing({ why }: { why: string }) {
  return (
    <span className="text-ink-faint" title={why} aria-label={why}>
      —
    </span>
  );
}

/** A duration in milliseconds; a dash with its reason where nothing was measured. */
export function Duration({ ms, missing = 'nothing measured' }: { ms: number | null; missing?: string }) {
  return ms === null ? <Nothing why={missing} /> : <Quantity text={formatDuration(ms)} />;
}

/** A whole count, rounded for the eye, exact on hover. */
export function Count({ value, unit }: { value: number; unit?: string }) {
  return <Quantity text={unit ? `${formatCount(value)} ${unit}` : formatCount(value)} title={formatExact(value)} />;
}

interface MoneyProps {
  usd: number;
  /** How many requests of the sum have no known price, or whether the one request has none. An unknown price is a word, never 0. */
  unknown?: number | boolean;
  /** Such as "/h". */
  per?: string;
}

/** US dollars. What has no known price is said beside the sum, and in its place where nothing else is known. */
export function Money({ usd, unknown = 0, per = '' }: MoneyProps) {
  const count = Number(unknown);
  if (count > 0 && usd === 0)
    return <UnknownPrice>{unknown === true ? 'price unknown' : `price unknown (${formatCount(count)})`}</UnknownPrice>;
  return (
    <>
      <Quantity text={`${formatUsd(usd)}${per}`} />
      {count > 0 && (
        <UnknownPrice>{unknown === true ? ' + unknown' : ` + ${formatCount(count)} unpriced`}</UnknownPrice>
      )}
    </>
  );
}

function UnknownPrice({ children }: { children: ReactNode }) {
  return (
    <span
      className="whitespace-nowrap text-warn"
      title="No list price and no pricing in the registry: add `pricing` to the model's entry."
    >
      {children}
    </span>
  );
}
