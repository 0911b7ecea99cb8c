import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import { formatCount, formatPercent, formatRate } from '../../../shared/format/number.ts';
import { Count, Duration, Money, Nothing, Quantity } from '../../ui/figures.tsx';

/** The live figures of one provider over the last minute. */
export function ProviderGauges({ provider }: { provider: ProviderStatus }) {
  const { gauges } = provider;
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
      <Row label="Speed" title="Output tokens a second of one answer, over the last minute">
        {gauges.tokens_per_second === null ? (
          <Nothing why="no answer in the last minute" />
        ) : (
          <Quantity text={`${formatCount(gauges.tokens_per_second)} tokens/s`} />
        )}
      </Row>
      <Row label="In flight" title="Requests running now, of the most allowed">
        <Count value={gauges.in_flight} />
        {gauges.max_concurrent !== null && <Quantity text={` of ${gauges.max_concurrent}`} />}
        {gauges.queued > 0 && <span className="text-warn"> +{gauges.queued} queued</span>}
      </Row>
      <Row label="Errors" title="Share of failed attempts in the last minute">
        <ErrorRate rate={gauges.error_rate} />
      </Row>
      <Row
        label="Cost"
        title={
          provider.deployment === 'self-hosted'
            ? 'API spend; the machine itself is not counted here'
            : 'At the rate of the last minute'
        }
      >
        <Money usd={gauges.cost_usd_per_hour} unknown={gauges.pricing_unknown_attempts} per="/h" />
      </Row>
      <ServerLoad provider={provider} />
    </dl>
  );
}

/** Share of failed attempts; red from five in a hundred. */
export function ErrorRate({ rate }: { rate: number | null }) {
  if (rate === null) return <Nothing why="no attempt in the last minute" />;
  return (
    <span className={clsx(rate >= 0.05 && 'text-bad')}>
      <Quantity text={formatPercent(rate)} />
    </span>
  );
}

/** What the inference server says of itself; a server that is gone says nothing, and old figures would mislead. */
function ServerLoad({ provider: { load, health } }: { provider: ProviderStatus }) {
  if (!load || health.status === 'unhealthy') return null;
  return (
    <Row label="Queue · KV" title="Requests waiting inside the inference server, and its key-value cache in use">
      {load.waiting === null ? <Nothing why="the server does not say" /> : <Count value={load.waiting} />}
      <span className="text-ink-faint"> · </span>
      {load.kv_cache_usage === null ? (
        <Nothing why="the server does not say" />
      ) : (
        <span className={clsx(load.kv_cache_usage >= 0.9 && 'text-warn')}>
          <Quantity text={formatPercent(load.kv_cache_usage)} />
        </span>
      )}
    </Row>
  );
}

function Row({ label, title, children }: { label: string; title: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-ink-faint" title={title}>
        {label}
      </dt>
      {/* A figure without its unit would be another figure: it breaks where it does not fit. */}
      <dd className="min-w-0 text-right">{children}</dd>
    </div>
  );
}

/** Median and 95th percentile. */
export function Pair({ value }: { value: { p50: number; p95: number } | null }) {
  if (!value) return <Nothing why="nothing measured in the last minute" />;
  return (
    <span title="median / 95th percentile">
      <Duration ms={value.p50} />
      <span className="text-ink-faint"> / </span>
      <Duration ms={value.p95} />
    </span>
  );
}
