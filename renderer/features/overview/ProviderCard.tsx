import { useMutation } from '@tanstack/react-query';
import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import { formatPercent, formatRate } from '../../../shared/format/number.ts';
import { useConsoleApi } from '../../api/client.ts';
import { useNow } from '../../state/now.ts';
import { colorValue, useProviderColors } from '../../state/provider-colors.ts';
import { Button } from '../../ui/Button.tsx';
import { Count, Duration, Money, Nothing, Quantity } from '../../ui/figures.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { Sparkline } from '../../ui/Sparkline.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { RelativeTime, Since } from '../../ui/time.tsx';
import { UptimeBar, uptimeSummary, type UptimeBucket } from '../../ui/UptimeBar.tsx';
import { ProviderMenu } from './ProviderMenu.tsx';
import { admissionWords, cardMark, roleWords } from './provider-state.ts';
import { limitLabel, resetWords, usedOfLimit } from './quota-words.ts';

interface ProviderCardProps {
  provider: ProviderStatus;
  serving: boolean;
  /** The last 24 h; null until it is known. */
  uptime: readonly UptimeBucket[] | null;
  /** Requests a second over the chosen range, oldest first; null where there were none. */
  traffic: readonly (number | null)[] | null;
}

/** One provider: its state with age and reason, its live figures, its budgets, its last 24 hours, and what one can do. */
export function ProviderCard({ provider, serving, uptime, traffic }: ProviderCardProps) {
  const now = useNow();
  const color = useProviderColors()(provider.name);
  const { mark, word, since, reason } = cardMark(provider);
  const admission = admissionWords(provider, now);
  return (
    <article
      aria-label={provider.display_name}
      className={clsx(
        'flex min-w-0 flex-col gap-2 rounded-panel border bg-surface p-3',
        serving ? 'border-line-strong' : 'border-line',
      )}
    >
      <header className="flex items-start gap-2">
        <span
          aria-hidden="true"
          className="mt-1 h-3.5 w-1 shrink-0 rounded-full"
          style={{ background: colorValue(color) }}
        />
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-medium" title={provider.name}>
            {provider.display_name}
          </h2>
          <p
            className="truncate text-micro text-ink-faint"
            title={`${provider.model ?? 'model not known yet'} at ${provider.endpoint}`}
          >
            <span className={clsx(serving && 'font-semibold text-ink')}>
              {serving ? 'serving' : roleWords(provider)}
            </span>
            {provider.model && <span className="font-mono"> {provider.model}</span>}
          </p>
        </div>
        <ProviderMenu provider={provider} className="-mt-0.5 -mr-1" />
      </header>
      <div className="min-h-9">
        <div className="flex items-baseline gap-2">
          <StatusMark status={mark} word={word} className="font-medium" />
          <span className="text-table text-ink-faint">
            for <Since at={since} />
          </span>
        </div>
        {reason && (
          <p className="line-clamp-2 text-table text-ink-muted" title={reason}>
            {reason}
          </p>
        )}
        {admission && (
          <p className="line-clamp-3 text-table text-warn" title={admission}>
            {admission}
          </p>
        )}
      </div>
      <div style={{ color: colorValue(color) }} className="h-5">
        {traffic && <Sparkline values={traffic} label={`Requests of ${provider.display_name} over the chosen range`} />}
      </div>
      <Gauges provider={provider} />
      <Quotas provider={provider} now={now} />
      <footer className="mt-auto flex flex-col gap-1.5">
        {uptime && (
          <div>
            <UptimeBar buckets={uptime} label={`${provider.display_name}, last 24 h`} />
            <p className="mt-0.5 flex justify-between text-micro text-ink-faint">
              <span>24 h</span>
              <span>{uptimeSummary(uptime)}</span>
            </p>
          </div>
        )}
        <Probe provider={provider} />
      </footer>
    </article>
  );
}

function Gauges({ provider }: { provider: ProviderStatus }) {
  const { gauges, load } = provider;
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-2 gap-y-0.5 text-table">
      <div aria-hidden="true" className="col-span-2 flex justify-between text-micro text-ink-faint">
        <span>last {gauges.window_seconds} s</span>
        <span>p50 / p95</span>
      </div>
      <Row label="First token" title="Time to the first token, median and 95th percentile of the last minute">
        <Pair value={gauges.first_token_ms} />
      </Row>
      <Row label="Answer" title="Time to the whole answer, median and 95th percentile of the last minute">
        <Pair value={gauges.latency_ms} />
      </Row>
      <Row label="Traffic" title="Requests a second, and the share of all answered requests">
        <Quantity text={formatRate(gauges.requests_per_second)} />
        {gauges.share > 0 && <Quantity text={` · ${formatPercent(gauges.share)}`} />}
      </Row>
      <Row label="In flight" title="Requests running now, of the most allowed">
        <Count value={gauges.in_flight} />
        {gauges.max_concurrent !== null && <Quantity text={` of ${gauges.max_concurrent}`} />}
        {gauges.queued > 0 && <span className="text-warn"> +{gauges.queued} queued</span>}
      </Row>
      {load && (
        <Row label="Its queue" title="Requests waiting inside the inference server">
          {load.waiting === null ? <Nothing why="the server does not say" /> : <Count value={load.waiting} />}
        </Row>
      )}
      {load && (
        <Row label="KV cache" title="Share of the inference server's key-value cache in use">
          {load.kv_cache_usage === null ? (
            <Nothing why="the server does not say" />
          ) : (
            <span className={clsx(load.kv_cache_usage >= 0.9 && 'text-warn')}>
              <Quantity text={formatPercent(load.kv_cache_usage)} />
            </span>
          )}
        </Row>
      )}
      <Row label="Errors" title="Share of failed attempts in the last minute">
        {gauges.error_rate === null ? (
          <Nothing why="no attempt in the last minute" />
        ) : (
          <span className={clsx(gauges.error_rate >= 0.05 && 'text-bad')}>
            <Quantity text={formatPercent(gauges.error_rate)} />
          </span>
        )}
      </Row>
      <Row
        label="Cost"
        title={
          provider.deployment === 'self-hosted'
            ? 'API spend; the machine itself is not counted here'
            : 'At the rate of the last minute'
        }
      >
        <Money usd={gauges.cost_usd_per_hour} per="/h" />
      </Row>
    </dl>
  );
}

function Row({ label, title, children }: { label: string; title: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-ink-faint" title={title}>
        {label}
      </dt>
      <dd className="truncate text-right">{children}</dd>
    </div>
  );
}

function Pair({ value }: { value: { p50: number; p95: number } | null }) {
  if (!value) return <Nothing why="nothing measured in the last minute" />;
  return (
    <span title="median / 95th percentile">
      <Duration ms={value.p50} />
      <span className="text-ink-faint"> / </span>
      <Duration ms={value.p95} />
    </span>
  );
}

function Quotas({ provider, now }: { provider: ProviderStatus; now: number }) {
  // Concurrency stands among the gauges already.
  const shown = provider.quota.filter(({ limit }) => limit !== 'max_concurrent');
  if (shown.length === 0) return null;
  return (
    <div className="flex flex-col gap-1.5 border-t border-line pt-2 text-table">
      {shown.map((quota) => {
        const used = usedOfLimit(quota);
        const reset = resetWords(quota, now);
        return (
          <div key={quota.limit}>
            <p className="flex flex-wrap justify-between gap-x-2">
              <span className="min-w-0 truncate">
                <Quantity text={used} />
              </span>
              {reset && (
                <span
                  className={clsx(
                    'whitespace-nowrap',
                    quota.exhausted ? 'text-bad' : quota.projected_exhaustion_at ? 'text-warn' : 'text-ink-faint',
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
              text={used}
            />
          </div>
        );
      })}
    </div>
  );
}

function Probe({ provider }: { provider: ProviderStatus }) {
  const { client } = useConsoleApi();
  const probe = useMutation({ mutationFn: () => client.providers.probe({ name: provider.name }) });
  return (
    <div className="flex items-center justify-between gap-2 text-micro text-ink-faint">
      <span className="min-w-0 truncate">
        {probe.error ? (
          <span className="text-bad" title={probe.error.message}>
            {probe.error.message}
          </span>
        ) : provider.health.checked_at === null ? (
          'not probed yet'
        ) : (
          <>
            probed <RelativeTime at={provider.health.checked_at} />
          </>
        )}
      </span>
      <Button
        size="small"
        tone="quiet"

        busy={probe.isPending}
        onClick={() => probe.mutate()}
        className="-my-0.5 -mr-1"
      >
        Probe now
      </Button>
    </div>
  );
}
