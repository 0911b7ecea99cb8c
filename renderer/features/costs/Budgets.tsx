import type { QuotaStatus } from '../../../shared/domain/quota.ts';
import { formatCount, formatUsd } from '../../../shared/format/number.ts';
import { useProviders } from '../../state/live.ts';
import { Meter } from '../../ui/Meter.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { budgetsOf, byUrgency } from './costs-model.ts';

/** What is left of each day's budget, and when it will run out at the present rate. */
export function Budgets() {
  const budgets = useProviders()
    .flatMap(({ display_name: name, quota }) => budgetsOf(quota).map((budget) => ({ name, budget })))
    .toSorted((a, b) => byUrgency(a.budget, b.budget));
  return (
    <Panel
      title="Budgets"
      note="as of now, whatever the range"
      flush
      state={
        budgets.length === 0
          ? {
              kind: 'empty',
              title: 'No daily budget is set',
              hint: 'Add limits.requests_per_day or limits.usd_per_day to a model in the registry: over it, the provider is closed rather than overspent.',
            }
          : { kind: 'ready' }
      }
    >
      {/* Focusable, so that a long list can be scrolled from the keyboard. */}
      <ul aria-label="Budgets" tabIndex={0} className="-outline-offset-2 xl:max-h-64 xl:overflow-y-auto">
        {budgets.map(({ name, budget }) => (
          <li key={`${budget.provider} ${budget.limit}`} className="border-b border-line/60 px-3 py-2 last:border-b-0">
            <BudgetLine name={name} budget={budget} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function BudgetLine({ name, budget }: { name: string; budget: QuotaStatus }) {
  const amount = (value: number) => (budget.limit === 'usd_per_day' ? formatUsd(value) : formatCount(value));
  const unit = budget.limit === 'usd_per_day' ? '' : ' requests';
  const text = `${amount(budget.used)} of ${amount(budget.limit_value)}${unit}`;
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex flex-wrap items-baseline gap-x-3 text-table">
        <span className="text-body font-medium">{name}</span>
        <span className="text-ink-muted">{text} today</span>
        <span className="ml-auto text-ink-muted">
          <BudgetOutlook budget={budget} />
        </span>
      </div>
      <Meter
        label={`${name}, ${budget.limit.replaceAll('_', ' ')}`}
        value={budget.used}
        limit={budget.limit_value}
        text={text}
      />
    </div>
  );
}

function BudgetOutlook({ budget }: { budget: QuotaStatus }) {
  if (budget.exhausted) {
    return (
      <span className="text-bad">
        exhausted
        {budget.reset_at !== null && (
          <>
            , opens again <RelativeTime at={budget.reset_at} />
          </>
        )}
      </span>
    );
  }
  if (budget.projected_exhaustion_at !== null) {
    return (
      <span className="text-warn">
        runs out <RelativeTime at={budget.projected_exhaustion_at} />
      </span>
    );
  }
  return budget.reset_at === null ? (
    <>lasts</>
  ) : (
    <>
      lasts until it resets <RelativeTime at={budget.reset_at} />
    </>
  );
}
