import {
  Activity,
  ArrowLeftRight,
  ArrowUpToLine,
  BookOpen,
  CircleSlash,
  LogIn,
  RotateCcw,
  Undo2,
  type LucideIcon,
} from 'lucide-react';
import type { ProviderStatus } from '../../shared/domain/provider.ts';
import type { QuotaStatus } from '../../shared/domain/quota.ts';
import { openForceDialog } from '../state/force-dialog.ts';
import { showNotice } from '../state/notices.ts';
import { usePreferences } from '../state/preferences.ts';
import { askProviderAction, type ProviderAction } from '../state/provider-action.ts';
import { limitKey } from '../state/raise-dialog.ts';
import type { Action, ActionContext } from './action.ts';
import { changeSearch, navigate } from './router.tsx';

const LOST = 'not while the connection is lost';

/** The way out of an override, while there is one. */
export function overrideActions({ status, client, stale }: ActionContext): Action[] {
  const override = status?.override;
  if (!override) return [];
  const release = async () => {
    const operator = usePreferences.getState().operator || override.operator;
    await client.override.release({ operator, reason: 'released from the console' });
    return 'The override is released: the policy decides again.';
  };
  return [
    {
      id: 'release',
      group: 'On call',
      label: `Release the override (${labelOf(status.providers, override.provider)})`,
      icon: Undo2,
      keywords: ['unforce', 'end'],
      ...(stale ? { disabled: LOST } : {}),
      run: () => void told(release),
    },
  ];
}

/** What can be done with each provider; what would do nothing is left out. */
export function providerActions(context: ActionContext): Action[] {
  return (context.status?.providers ?? []).flatMap((provider) => actionsOf(provider, context));
}

function actionsOf(provider: ProviderStatus, { client, stale }: ActionContext): Action[] {
  const { name, display_name: label, health, isolation, breaker } = provider;
  const off = health.status === 'disabled';
  const held = breaker.state !== 'closed' || breaker.cooling_until !== null || breaker.admitted_share < 1;
  const action = (id: string, words: string, icon: LucideIcon, run: () => void, ...keywords: string[]): Action => ({
    id: `${id}:${name}`,
    group: 'Providers',
    label: words,
    icon,
    keywords: [name, ...keywords],
    ...(stale && id !== 'runbook' ? { disabled: LOST } : {}),
    run,
  });
  const asking = (which: ProviderAction) => () => askProviderAction(which, name);
  const probe = async () => {
    const { health: found } = await client.providers.probe({ name });
    const latency = found.probe_latency_ms === null ? '' : `, ${Math.round(found.probe_latency_ms)} ms`;
    return `${label} is ${found.status}${latency}${found.reason ? `: ${found.reason}` : ''}.`;
  };
  return [
    ...(off
      ? []
      : [
          action('force', `Force ${label}…`, ArrowLeftRight, () => openForceDialog({ provider: name }), 'override'),
          action('probe', `Probe ${label} now`, Activity, () => void told(probe), 'check', 'health'),
        ]),
    ...(isolation ? [action('rejoin', `Put ${label} back…`, LogIn, asking('rejoin'), 'rejoin', 'unisolate')] : []),
    ...(!isolation && !off
      ? [action('isolate', `Take ${label} out by hand…`, CircleSlash, asking('isolate'), 'isolate', 'drain')]
      : []),
    ...(held ? [action('reset', `Close the breaker of ${label}…`, RotateCcw, asking('reset'), 'reset')] : []),
    action('runbook', `Runbook of ${label}`, BookOpen, () => changeSearch({ runbook: name }), 'help', 'docs'),
  ];
}

/** Raising what is refused at: the daily budgets of providers and call sites. */
export function raiseActions({ status, callSiteQuotas, stale }: ActionContext): Action[] {
  const ofProviders = (status?.providers ?? []).flatMap(({ display_name: title, quota }) =>
    quota.map((each) => ({ title, quota: each })),
  );
  const ofCallSites = callSiteQuotas.map((quota) => ({ title: `call site ${quota.name}`, quota }));
  return [...ofProviders, ...ofCallSites]
    .filter(({ quota }) => quota.enforced && DAILY[quota.limit] !== undefined)
    .map(({ title, quota }) => ({
      id: `raise:${limitKey(quota)}`,
      group: 'Limits',
      label: `Raise the ${DAILY[quota.limit]} of ${title}…`,
      icon: ArrowUpToLine,
      keywords: ['budget', 'quota', quota.name],
      ...(stale ? { disabled: LOST } : {}),
      run: () => navigate('/costs', { raise: limitKey(quota) }),
    }));
}

const DAILY: Readonly<Partial<Record<QuotaStatus['limit'], string>>> = {
  requests_per_day: 'requests a day',
  usd_per_day: 'spending a day',
};

function labelOf(providers: readonly ProviderStatus[], name: string): string {
  return providers.find((provider) => provider.name === name)?.display_name ?? name;
}

/** Does something and says what came of it. */
async function told(act: () => Promise<string>): Promise<void> {
  try {
    showNotice(await act());
  } catch (error) {
    showNotice(error instanceof Error ? error.message : String(error), 'failed');
  }
}
