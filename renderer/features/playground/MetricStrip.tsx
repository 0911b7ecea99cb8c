import type { ReactNode } from 'react';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatExact, formatTokens } from '../../../shared/format/number.ts';
import { Duration, Money, Nothing, Quantity } from '../../ui/figures.tsx';
import type { Answer } from './comparison.ts';

interface MetricStripProps {
  answer: Answer;
  fastest: boolean;
  cheapest: boolean;
}

/** The same rows under every answer, so that the eye compares along them. */
export function MetricStrip({ answer, fastest, cheapest }: MetricStripProps) {
  const { result } = answer;
  const missing = result ? 'not measured' : 'not known before the end';
  const tokens = (count: number) => <Quantity text={formatTokens(count)} title={formatExact(count)} />;
  return (
    <dl className="border-t border-line text-table">
      <Metric name="First token">
        <Duration ms={answer.firstTokenMs} missing={missing} />
      </Metric>
      <Metric name="Duration" mark={fastest ? 'fastest' : null}>
        {result ? <Quantity text={formatDuration(result.duration_ms)} /> : <Nothing why={missing} />}
      </Metric>
      <Metric name="Output speed">
        {typeof result?.tokens_per_second === 'number' ? (
          <Quantity text={`${rounded(result.tokens_per_second)} tokens/s`} />
        ) : (
          <Nothing why={missing} />
        )}
      </Metric>
      <Metric name="Tokens in">
        {result ? (
          <>
            {tokens(result.usage.input_tokens)}
            {result.usage.cache_read_tokens > 0 && (
              <span className="text-ink-faint"> ({formatTokens(result.usage.cache_read_tokens)} cached)</span>
            )}
          </>
        ) : (
          <Nothing why={missing} />
        )}
      </Metric>
      <Metric name="Tokens out">
        {result ? (
          <>
            {result.usage.estimated && <span title="Estimated: the provider did not report it">≈ </span>}
            {tokens(result.usage.output_tokens)}
            {result.usage.reasoning_tokens > 0 && (
              <span className="text-ink-faint"> ({formatTokens(result.usage.reasoning_tokens)} thinking)</span>
            )}
          </>
        ) : (
          <Nothing why={missing} />
        )}
      </Metric>
      <Metric name="Cost" mark={cheapest ? 'cheapest' : null}>
        {result ? (
          <Money usd={result.pricing_unknown ? 0 : result.cost_usd} unknown={result.pricing_unknown} />
        ) : (
          <Nothing why={missing} />
        )}
      </Metric>
    </dl>
  );
}

function rounded(rate: number): string {
  return rate < 9.95 ? rate.toFixed(1) : String(Math.round(rate));
}

function Metric({ name, mark = null, children }: { name: string; mark?: string | null; children: ReactNode }) {
  return (
    <div className="flex h-7 items-center gap-2 border-b border-line/60 px-3 last:border-b-0">
      <dt className="flex items-center gap-2 text-ink-faint">
        {name}
        {mark && <span className="rounded-small bg-accent-soft px-1.5 text-micro text-accent">{mark}</span>}
      </dt>
      <dd className="ml-auto truncate tabular-nums">{children}</dd>
    </div>
  );
}
