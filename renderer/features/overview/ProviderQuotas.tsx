import { clsx } from 'clsx';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import { useNow } from '../../state/now.ts';
import { Quantity } from '../../ui/figures.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { limitLabel, resetWords, usedOfLimit } from './quota-words.ts';

/** What is used of each limit and when it ends or begins anew. Keeps its place where there is none. */
export function ProviderQuotas({ provider }: { provider: ProviderStatus }) {
  const now = useNow();
  // Concurrency stands among the gauges already.
  const shown = provider.quota.filter(({ limit }) => limit !== 'max_concurrent');
  if (shown.length === 0) return <div />;
  return (
    <div className="mt-2 flex flex-col gap-1.5 border-t border-line pt-2 text-table">
      {shown.map((quota) => {
        const used = usedOfLimit(quota);
        const reset = resetWords(quota, now);
        return (
          <div key={quota.limit}>
            <p className="flex flex-wrap justify-between gap-x-2">
              <Quantity text={used} className="min-w-0 whitespace-normal" />
              {reset && (
                <span
                  className={clsx(
                    'whitespace-nowrap',
                    quota.exhausted
                      ? 'text-bad'
                      : quota.soft_exceeded || quota.projected_exhaustion_at
                        ? 'text-warn'
                        : 'text-ink-faint',
                  )}
                >
                  {reset}
                </span>
              )}
            </p>
            <Meter
              label={`${provider.display_name}: ${limitLabel(quota.limit)}`}
              value={quota.used}
              limit={quota.limit_value}
              soft={!quota.enforced}
              {...(quota.enforced && quota.soft_limit !== null && quota.limit_value > 0
                ? { warnAt: quota.soft_limit / quota.limit_value }
                : {})}
              text={used}
            />
          </div>
        );
      })}
    </div>
  );
}
