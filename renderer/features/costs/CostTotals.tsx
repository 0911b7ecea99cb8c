import type { ReactNode } from 'react';
import type { CostFigures, Costs } from '../../../shared/domain/history.ts';
import { formatExact, formatPercent, formatTokens, formatUsd } from '../../../shared/format/number.ts';
import { Count, Nothing, Quantity } from '../../ui/figures.tsx';
import { isWhollyUnlisted } from './costs-model.ts';

/** The sums of the range in one row. What has no known price stands apart and is never counted as nothing. */
export function CostTotals({ costs }: { costs: Costs }) {
  const { totals, reference, amortised } = costs;
  const unpriced = totals.pricing_unknown_requests;
  const priced = totals.requests - unpriced;
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-b-panel bg-line sm:grid-cols-3 lg:grid-cols-4 2xl:grid-cols-8">
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
        name="Saved"
        note={reference.pricing_unknown ? `no price of ${reference.model}` : `against all of it on ${reference.model}`}
      >
        {reference.pricing_unknown ? (
          <Nothing why={`No price of ${reference.model} is known`} />
        ) : (
          <Quantity text={formatUsd(totals.savings_usd)} title={`${totals.savings_usd} USD`} />
        )}
      </Total>
      <Total name="Below list price" note={listNote(totals)}>
        {isWhollyUnlisted(totals) ? (
          <Nothing why="No list price of these models is known" />
        ) : (
          <Quantity text={formatUsd(totals.list_savings_usd)} title={`${totals.list_savings_usd} USD`} />
        )}
      </Total>
      <Total
        name="Own machines"
        note={amortised.rows.length > 0 ? 'apart from the cost, while it ran' : 'none has a rate per hour'}
      >
        {amortised.rows.length > 0 ? (
          <Quantity
            text={formatUsd(amortised.cost_usd)}
            title={amortised.rows
              .map((row) => `${row.provider}: ${row.hours.toFixed(1)} h at ${row.usd_per_hour} USD`)
              .join(', ')}
          />
        ) : (
          <Nothing why="Set infrastructure_usd_per_hour in the registry" />
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
            ? `${formatPercent(totals.cache_read_tokens / totals.input_tokens)} cached, ${formatUsd(totals.cache_savings_usd)} saved`
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

function listNote({ list_price_unknown_requests: unlisted }: CostFigures): string {
  if (unlisted === 0) return 'against the public list price of each model';
  return `${formatExact(unlisted)} ${unlisted === 1 ? 'request has' : 'requests have'} no list price`;
}

function Total({ name, note, children }: { name: string; note: string; children: ReactNode }) {
  return (
    <div className="flex flex-col bg-surface px-3 py-2 sm:max-lg:last:col-span-2">
      <dt className="text-table text-ink-faint">{name}</dt>
      <dd className="text-figure font-medium">{children}</dd>
      <dd className="min-w-0 text-table wrap-anywhere text-ink-muted">{note}</dd>
    </div>
  );
}
