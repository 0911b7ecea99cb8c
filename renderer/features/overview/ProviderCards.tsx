import type { Fallbacks } from '../../../shared/domain/history.ts';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import { colorValue, useProviderColors } from '../../state/provider-colors.ts';
import { ErrorBoundary } from '../../ui/ErrorBoundary.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { ProviderCard } from './ProviderCard.tsx';
import { useTraffic } from './use-traffic.ts';
import { uptimeBuckets } from './uptime.ts';

const UPTIME_BUCKETS = 48;

interface ProviderCardsProps {
  providers: readonly ProviderStatus[];
  serving: string | null;
  /** The last 24 h; undefined until it has come. */
  history: Fallbacks | undefined;
}

/** A card for each provider, in the order in which they are tried, those outside of the chain last. */
export function ProviderCards({ providers, serving, history }: ProviderCardsProps) {
  const ordered = providers.toSorted((left, right) => (left.chain_position ?? 99) - (right.chain_position ?? 99));
  const off = ordered.filter(({ health }) => health.status === 'disabled');
  const on = ordered.filter(({ health }) => health.status !== 'disabled');
  return (
    <div role="group" aria-label="Providers" className="flex flex-col gap-2 sm:gap-4">
      {on.length > 0 && <Cards providers={on} serving={serving} history={history} />}
      {off.length > 0 && (
        <div className="divide-y divide-line rounded-panel border border-line bg-surface">
          {off.map((provider) => (
            <OffProvider key={provider.name} provider={provider} />
          ))}
        </div>
      )}
    </div>
  );
}

function Cards({ providers, serving, history }: ProviderCardsProps) {
  const { curves } = useTraffic();
  return (
    <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,11.75rem),1fr))] gap-2 sm:gap-4">
      {providers.map((provider) => {
        const lane = history?.lanes.find((each) => each.provider === provider.name);
        const uptime = history && lane ? uptimeBuckets(lane.spans, history.since, history.until, UPTIME_BUCKETS) : null;
        return (
          <ErrorBoundary
            key={provider.name}
            fallback={(error) => (
              <div role="alert" className="rounded-panel border border-line bg-surface p-3 text-ink-muted">
                {provider.display_name} cannot be shown: {error.message}
              </div>
            )}
          >
            <ProviderCard
              provider={provider}
              serving={provider.name === serving}
              uptime={uptime}
              traffic={curves.find((each) => each.provider === provider.name)?.rate.map(({ value }) => value) ?? null}
            />
          </ErrorBoundary>
        );
      })}
    </div>
  );
}

/** A line is enough for one that is off: there is nothing to measure, only why. */
function OffProvider({ provider }: { provider: ProviderStatus }) {
  const color = useProviderColors()(provider.name);
  return (
    <article aria-label={provider.display_name} className="flex items-center gap-x-3 px-3 py-1.5">
      <span
        aria-hidden="true"
        className="h-3.5 w-1 shrink-0 rounded-full opacity-50"
        style={{ background: colorValue(color) }}
      />
      <h2 className="shrink-0 font-medium">{provider.display_name}</h2>
      <StatusMark status="disabled" className="text-table" />
      <p className="min-w-0 truncate text-table text-ink-muted" title={provider.health.reason}>
        {provider.health.reason}
      </p>
    </article>
  );
}
