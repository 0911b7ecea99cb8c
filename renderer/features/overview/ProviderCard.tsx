import { clsx } from 'clsx';
import type { DayUptime, ProviderStatus } from '../../../shared/domain/provider.ts';
import { useNow } from '../../state/now.ts';
import { colorValue, useProviderColors } from '../../state/provider-colors.ts';
import { useReadableReason, withoutAddress } from '../../state/reason-words.ts';
import { Sparkline } from '../../ui/Sparkline.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { Since } from '../../ui/time.tsx';
import { UptimeBar, type UptimeBucket } from '../../ui/UptimeBar.tsx';
import { RunbookLink } from '../runbook/RunbookDrawer.tsx';
import { needsRunbook } from '../runbook/runbook-model.ts';
import { Probe } from './Probe.tsx';
import { ProviderGauges } from './ProviderGauges.tsx';
import { ProviderMenu } from './ProviderMenu.tsx';
import { ProviderQuotas } from './ProviderQuotas.tsx';
import { dayBuckets, daysSummary } from './uptime.ts';
import { admissionWords, cardMark, roleWords } from './provider-state.ts';

interface ProviderCardProps {
  provider: ProviderStatus;
  serving: boolean;
  /** The last 24 h; null until it is known. */
  uptime: { buckets: readonly UptimeBucket[]; summary: string } | null;
  /** The last 30 days, oldest first; null until they are known. */
  days: readonly DayUptime[] | null;
  /** Requests a second over the chosen range, oldest first; null where there were none. */
  traffic: readonly (number | null)[] | null;
}

/**
 * One provider: its state with age and reason, its live figures, its budgets, its last 24 hours and 30 days, and what one can do.
 * Its five parts stand on the rows of the grid around it, so that the same figure is at the same height in every card.
 */
export function ProviderCard({ provider, serving, uptime, days, traffic }: ProviderCardProps) {
  const color = useProviderColors()(provider.name);
  return (
    <article
      aria-label={provider.display_name}
      className={clsx(
        'row-span-5 grid min-w-0 grid-cols-[minmax(0,1fr)] grid-rows-subgrid gap-0 rounded-panel border bg-surface p-3 mb-2 sm:mb-3',
        serving ? 'border-ink-faint' : 'border-line',
      )}
    >
      <header className="flex items-start gap-2">
        <span
          aria-hidden="true"
          className="mt-1 h-3.5 w-1 shrink-0 rounded-full forced-color-adjust-none"
          style={{ background: colorValue(color) }}
        />
        <div className="min-w-0 flex-1">
          <h2 className="line-clamp-2 font-medium wrap-anywhere" title={provider.name}>
            {provider.display_name}
          </h2>
          <p
            className="truncate text-micro text-ink-faint"
            title={`${provider.model ?? 'model not known yet'} at ${provider.endpoint}`}
          >
            <span className={clsx(serving && 'font-semibold text-ink')}>
              {serving ? 'serving' : roleWords(provider)}
            </span>
            {provider.model && <span className="font-mono"> {shortModel(provider.model)}</span>}
          </p>
        </div>
        <ProviderMenu provider={provider} className="-mt-0.5 -mr-1" />
      </header>
      <State provider={provider} />
      <div className="pt-1.5">
        <div style={{ color: colorValue(color) }} className="h-4">
          {traffic && (
            <Sparkline
              height={16}
              values={traffic}
              label={`Requests of ${provider.display_name} over the chosen range`}
            />
          )}
        </div>
        <ProviderGauges provider={provider} />
      </div>
      <ProviderQuotas provider={provider} />
      <footer className="flex flex-col justify-end pt-2">
        {uptime && <UptimeBar {...uptime} label={`${provider.display_name}, last 24 h`} />}
        <p className="min-h-4 text-micro whitespace-nowrap text-ink-faint">{uptime ? `24 h ${uptime.summary}` : ''}</p>
        {days && (
          <UptimeBar
            height="small"
            buckets={dayBuckets(days)}
            label={`${provider.display_name}, last 30 days`}
            summary={daysSummary(days)}
          />
        )}
        <div className="flex items-center justify-between gap-2 text-micro text-ink-faint">
          <span className="whitespace-nowrap">{days ? `30 d ${daysSummary(days)}` : ''}</span>
          <Probe provider={provider} />
        </div>
      </footer>
    </article>
  );
}

function State({ provider }: { provider: ProviderStatus }) {
  const now = useNow();
  const readable = useReadableReason();
  const { mark, word, since, reason } = cardMark(provider);
  const words = admissionWords(provider, now);
  const admission = words && readable(words, now);
  return (
    <div className="pt-2">
      <div className="flex min-h-5 flex-wrap items-center gap-x-2">
        <StatusMark status={mark} word={word} className="font-medium" />
        <span className="text-table text-ink-faint">
          for <Since at={since} />
        </span>
      </div>
      {reason && (
        <p className="line-clamp-2 text-table break-words text-ink-muted" title={readable(reason)}>
          {withoutAddress(readable(reason))}
        </p>
      )}
      {(admission !== null || needsRunbook(provider)) && (
        <p className="text-table" title={admission ?? undefined}>
          {admission && <span className="text-warn">{admission} </span>}
          {needsRunbook(provider) && <RunbookLink provider={provider.name} name={provider.display_name} />}
        </p>
      )}
    </div>
  );
}

/** The part of an upstream id that tells models apart; its publisher stands in the title. */
function shortModel(model: string): string {
  return model.split('/').at(-1) ?? model;
}
