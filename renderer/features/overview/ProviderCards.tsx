import type { Fallbacks } from '../../../shared/domain/history.ts';
import type { ProviderStatus, Uptime } from '../../../shared/domain/provider.ts';
import { ErrorBoundary } from '../../ui/ErrorBoundary.tsx';
import { ProviderCard } from './ProviderCard.tsx';
import { useTraffic } from './use-traffic.ts';
import { spansSummary, uptimeBuckets } from './uptime.ts';

const UPTIME_BUCKETS = 48;

interface ProviderCardsProps {
  providers: readonly ProviderStatus[];
  serving: string | null;
  /** The last 24 h; undefined until it has come. */
  history: Fallbacks | undefined;
  /** The last 30 days; undefined until they have come. */
  month: Uptime | undefined;
}

/** True for a provider that explains the verdict: it is in the chain, it serves, or a hand has taken it out. */
export function hasCard({ role, health, isolation, name }: ProviderStatus, serving: string | null): boolean {
  return health.status !== 'disabled' && (role !== 'other' || isolation !== null || name === serving);
}

/** A card for each provider that explains the verdict, in the order in which they are tried. */
export function ProviderCards({ providers, serving, history, month }: ProviderCardsProps) {
  const ordered = providers.toSorted((left, right) => (left.chain_position ?? 99) - (right.chain_position ?? 99));
  const cards = ordered.filter((provider) => hasCard(provider, serving));
  const { curves } = useTraffic();
  return (
    <div
      role="group"
      aria-label="Providers"
      // Rows are kept apart by the cards' margins: a gap would also come between the parts of a card.
      className="-mb-2 grid grid-cols-[repeat(auto-fit,minmax(min(100%,11rem),1fr))] gap-x-2 gap-y-0 sm:-mb-3 sm:gap-x-3"
    >
      {cards.map((provider) => {
        const lane = history?.lanes.find((each) => each.provider === provider.name);
        const uptime =
          history && lane
            ? {
                buckets: uptimeBuckets(lane.spans, history.since, history.until, UPTIME_BUCKETS),
                summary: spansSummary(lane.spans, history.since, history.until),
              }
            : null;
        return (
          <ErrorBoundary
            key={provider.name}
            fallback={(error) => (
              <div role="alert" className="row-span-5 rounded-panel border border-line bg-surface p-3 text-ink-muted">
                {provider.display_name} cannot be shown: {error.message}
              </div>
            )}
          >
            <ProviderCard
              provider={provider}
              serving={provider.name === serving}
              uptime={uptime}
              days={month?.providers.find((each) => each.provider === provider.name)?.days ?? null}
              traffic={curves.find((each) => each.provider === provider.name)?.rate.map(({ value }) => value) ?? null}
            />
          </ErrorBoundary>
        );
      })}
    </div>
  );
}
