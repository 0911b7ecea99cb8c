import type { ReactNode } from 'react';
import type { CostFigures } from '../../../shared/domain/history.ts';
import { formatExact, formatPercent, formatTokens, formatUsd } from '../../../shared/format/number.ts';
import { Count, Quantity } from '../../ui/figures.tsx';

/** The sums of the range in one row. What has no known price stands apart and is never counted as nothing. */
export function CostTotals({ totals }: { totals: CostFigures }) {
  const unpriced = totals.pricing_unknown_requests;
  const priced = totals.requests - unpriced;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-b-panel bg-line sm:grid-cols-3 lg:grid-cols-5">
      <Total
        name="Cost"
        note={priced > 0 && totals.cost_usd > 0 ? `${formatUsd(totals.cost_usd / priced)} a request` : ''}
      >
        {unpriced > 0 && totals.cost_usd === 0 && priced === 0 ? (
          <span className="text-warn">unknown</span>
        ) : (
          <Quantity text={formatUsd(totals.cost_usd)} />
        )}
      </Total>
      <Total
        name="Requests"
        note={totals.errors > 0 ? `${formatPercent(totals.errors / totals.requests)} failed` : 'none failed'}
      >
        <Count value={totals.requests} />
      </Total>
      <Total
        name="Input tokens"
        note={
          totals.cache_read_tokens > 0
            ? `${formatPercent(totals.cache_read_tokens / totals.input_tokens)} read from cache`
            : 'none from cache'
        }
      >
        <Quantity text={formatTokens(totals.input_tokens)} title={formatExact(totals.input_tokens)} />
      </Total>
      <Total
        name="Output tokens"
        note={
          totals.reasoning_tokens > 0
            ? `${formatPercent(totals.reasoning_tokens / totals.output_tokens)} reasoning`
            : 'no reasoning'
        }
      >
        <Quantity text={formatTokens(totals.output_tokens)} title={formatExact(totals.output_tokens)} />
      </Total>
      <Total name="Without a known price" note={unpriced > 0 ? 'not in the cost' : 'every price is known'}>
        <span className={unpriced > 0 ? 'text-warn' : ''}>
          <Count value={unpriced} unit={unpriced === 1 ? 'request' : 'requests'} />
        </span>
      </Total>
    </dl>
  );
}

function Total({ name, note, children }: { name: string; note: string; children: ReactNode }) {
  return (
    <div className="flex flex-col bg-surface px-3 py-2 max-sm:last:col-span-2 sm:max-lg:last:col-span-2">
      <dt className="text-table text-ink-faint">{name}</dt>
      <dd className="text-figure font-medium">{children}</dd>
      <dd className="text-table text-ink-muted">{note}</dd>
    </div>
  );
}
