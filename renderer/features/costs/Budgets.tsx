import { useMutation } from '@tanstack/react-query';
import type { QuotaStatus } from '../../../shared/domain/quota.ts';
import { formatCount, formatUsd } from '../../../shared/format/number.ts';
import { formatAbsolute, formatClock } from '../../../shared/format/time.ts';
import { useConsoleApi } from '../../api/client.ts';
import { useSearchParameter } from '../../app/router.tsx';
import { isStale, useConnection } from '../../state/connection.ts';
import { useLive, useProviders } from '../../state/live.ts';
import { usePreferences } from '../../state/preferences.ts';
import { limitKey } from '../../state/raise-dialog.ts';
import { Button } from '../../ui/Button.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { budgetsOf, byUrgency } from './costs-model.ts';
import { budgetAmount } from './raise-form.ts';
import { RaiseDialog } from './RaiseDialog.tsx';

interface NamedBudget {
  title: string;
  budget: QuotaStatus;
}

/** What is left of each day's budget, when it will run out at the present rate, and what operators have raised. */
export function Budgets() {
  const [raisingKey, raise] = useSearchParameter('raise');
  const callSiteQuotas = useLive((state) => state.callSiteQuotas);
  const ofProviders = useProviders().flatMap(({ display_name: title, quota }) =>
    budgetsOf(quota).map((budget) => ({ title, budget })),
  );
  const ofCallSites = budgetsOf(callSiteQuotas ?? []).map((budget) => ({ title: `Call site ${budget.name}`, budget }));
  const budgets = [...ofProviders, ...ofCallSites].toSorted((a, b) => byUrgency(a.budget, b.budget));
  const raising = budgets.find(({ budget }) => budget.enforced && limitKey(budget) === raisingKey);
  return (
    <Panel
      title="Budgets"
      note="as of now, whatever the range"
      flush
      state={
        callSiteQuotas === null
          ? { kind: 'loading', hasPicture: budgets.length > 0 }
          : budgets.length === 0
            ? {
                kind: 'empty',
                title: 'No daily budget is set',
                hint: 'Add limits.requests_per_day or limits.usd_per_day to a model or a call site in the registry: over it, requests are refused rather than overspent.',
              }
            : { kind: 'ready' }
      }
    >
      {/* Focusable, so that a long list can be scrolled from the keyboard. */}
      <ul aria-label="Budgets" tabIndex={0} className="-outline-offset-2 xl:max-h-64 xl:overflow-y-auto">
        {budgets.map((one) => (
          <li
            key={`${one.budget.scope} ${one.budget.name} ${one.budget.limit}`}
            className="border-b border-line/60 px-3 py-2 last:border-b-0"
          >
            <BudgetLine {...one} onRaise={() => raise(limitKey(one.budget))} />
          </li>
        ))}
      </ul>
      {raising && <RaiseDialog {...raising} onClose={() => raise(null)} />}
    </Panel>
  );
}

function BudgetLine({ title, budget, onRaise }: NamedBudget & { onRaise: () => void }) {
  const stale = useConnection(isStale);
  const amount = (value: number) => (budget.limit === 'usd_per_day' ? formatUsd(value) : formatCount(value));
  const unit = budget.limit === 'usd_per_day' ? '' : ' requests';
  const bound = budget.enforced ? amount(budget.limit_value) : `${amount(budget.limit_value)}${unit} before an alert`;
  const text = `${amount(budget.used)} of ${bound}${budget.enforced ? unit : ''}`;
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-baseline justify-between gap-x-3">
        <span className="min-w-0 truncate text-body font-medium">{title}</span>
        {budget.enforced && (
          <Button
            size="small"
            tone="quiet"
            disabled={stale}
            aria-label={`Raise ${title}, ${budget.limit.replaceAll('_', ' ')}`}
            onClick={onRaise}
          >
            Raise…
          </Button>
        )}
      </div>
      <div className="flex flex-wrap items-baseline justify-between gap-x-3 text-table text-ink-muted">
        <span>{text} today</span>
        <span>
          <BudgetOutlook budget={budget} />
        </span>
      </div>
      <Meter
        label={`${title}, ${budget.limit.replaceAll('_', ' ')}`}
        value={budget.used}
        limit={budget.limit_value}
        soft={!budget.enforced}
        {...(budget.enforced && budget.soft_limit !== null && budget.limit_value > 0
          ? { warnAt: budget.soft_limit / budget.limit_value }
          : {})}
        text={text}
      />
      {budget.soft_exceeded && !budget.exhausted && (
        <p className="text-table text-warn">over the soft limit of {budgetAmount(budget, budget.soft_limit ?? 0)}</p>
      )}
      {budget.raise && <RaisedNote budget={budget} raise={budget.raise} />}
    </div>
  );
}

/** Until when and by whom the limit is raised, and the way back. */
function RaisedNote({ budget, raise }: { budget: QuotaStatus; raise: NonNullable<QuotaStatus['raise']> }) {
  const { client } = useConsoleApi();
  const stale = useConnection(isStale);
  const operator = usePreferences((state) => state.operator) || raise.operator;
  const { scope, name, limit } = budget;
  const end = useMutation({
    mutationFn: () => client.limits.endRaise({ scope, name, limit, operator, reason: 'ended from the console' }),
  });
  return (
    <p className="flex flex-wrap items-baseline gap-x-2 text-table text-forced">
      <span>
        raised to {budgetAmount(budget, budget.limit_value)} until{' '}
        <time dateTime={new Date(raise.until).toISOString()} title={formatAbsolute(raise.until)}>
          {formatClock(raise.until)}
        </time>{' '}
        by {raise.operator}: {raise.reason}
      </span>
      <Button size="small" tone="quiet" disabled={stale} busy={end.isPending} onClick={() => end.mutate()}>
        End the raise
      </Button>
      {end.error && (
        <span role="alert" className="text-bad">
          {end.error.message}
        </span>
      )}
    </p>
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
      {budget.enforced ? 'lasts until it resets' : 'resets'} <RelativeTime at={budget.reset_at} />
    </>
  );
}
