import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import { formatRate } from '../../../shared/format/number.ts';
import { colorValue, useProviderColors } from '../../state/provider-colors.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { Money, Nothing, Quantity } from '../../ui/figures.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { ErrorRate, Pair } from './ProviderGauges.tsx';
import { ProviderMenu } from './ProviderMenu.tsx';
import { cardMark } from './provider-state.ts';
import { usedOfLimit } from './quota-words.ts';

/**
 * A line for each provider that neither serves nor stands by: those asked for by name, and those that are off. They
 * explain nothing of the verdict, so they take little room; one that is in trouble says why.
 */
export function OtherProviders({ providers }: { providers: readonly ProviderStatus[] }) {
  return (
    <div className="divide-y divide-line rounded-panel border border-line bg-surface">
      {providers.map((provider) => (
        <OtherProvider key={provider.name} provider={provider} />
      ))}
    </div>
  );
}

function OtherProvider({ provider }: { provider: ProviderStatus }) {
  const color = useProviderColors()(provider.name);
  const readable = useReadableReason();
  const { mark, word, reason } = cardMark(provider);
  const off = provider.health.status === 'disabled';
  return (
    <article
      aria-label={provider.display_name}
      className="flex min-h-8 items-center gap-x-3 py-0.5 pr-2 pl-3 text-table whitespace-nowrap"
    >
      <span
        aria-hidden="true"
        className="h-3.5 w-1 shrink-0 rounded-full"
        style={{ background: colorValue(color), opacity: off ? 0.5 : 1 }}
      />
      <h2 className="w-28 shrink-0 truncate sm:w-36 text-body font-medium" title={provider.name}>
        {provider.display_name}
      </h2>
      <span className="w-20 shrink-0">
        <StatusMark status={mark} word={word} />
      </span>
      {off || reason ? (
        <p className="min-w-0 flex-1 truncate text-ink-muted" title={readable(reason)}>
          {readable(reason)}
        </p>
      ) : (
        <Figures provider={provider} />
      )}
      {!off && <ProviderMenu provider={provider} />}
    </article>
  );
}

function Figures({ provider }: { provider: ProviderStatus }) {
  const { gauges } = provider;
  const budget = provider.quota.find(({ limit }) => limit === 'usd_per_day' || limit === 'requests_per_day');
  return (
    <dl className="flex min-w-0 flex-1 items-baseline justify-end gap-x-4">
      <Figure label="Traffic">
        <Quantity text={formatRate(gauges.requests_per_second)} />
      </Figure>
      <Figure label="First token" className="max-md:hidden">
        <Pair value={gauges.first_token_ms} />
      </Figure>
      <Figure label="Errors" className="max-md:hidden">
        <ErrorRate rate={gauges.error_rate} />
      </Figure>
      <Figure label="Cost" className="max-sm:hidden">
        <Money usd={gauges.cost_usd_per_hour} unknown={gauges.pricing_unknown_attempts} per="/h" />
      </Figure>
      <Figure label="Budget" className="min-w-52 max-lg:hidden">
        {budget ? <Quantity text={usedOfLimit(budget)} /> : <Nothing why="no daily budget is set" />}
      </Figure>
    </dl>
  );
}

function Figure({ label, className, children }: { label: string; className?: string; children: ReactNode }) {
  return (
    <div className={clsx('min-w-24 text-right', className)}>
      <dt className="inline text-ink-faint">{label} </dt>
      <dd className="inline">{children}</dd>
    </div>
  );
}
