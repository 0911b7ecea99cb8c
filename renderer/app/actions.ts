import {
  ArrowLeftRight,
  Clock,
  Contrast,
  Copy,
  FileJson,
  Flag,
  Keyboard,
  Link2,
  Moon,
  Search,
  Settings,
  Sun,
  SunMoon,
  type LucideIcon,
} from 'lucide-react';
import type { Status } from '../../shared/domain/status.ts';
import type { ConsoleClient } from '../api/client.ts';
import { isStale, useConnection } from '../state/connection.ts';
import { openForceDialog } from '../state/force-dialog.ts';
import { useLive } from '../state/live.ts';
import { showNotice } from '../state/notices.ts';
import { showOverlay } from '../state/overlay.ts';
import { NEXT_THEME, usePreferences, type Theme } from '../state/preferences.ts';
import { rangeLabel, RELATIVE_SPANS } from '../state/range.ts';
import type { Action, ActionContext } from './action.ts';
import { overrideActions, providerActions, raiseActions } from './provider-actions.ts';
import { navigate } from './router.tsx';
import { setRange } from './use-range.ts';
import { viewAt, VIEWS } from './views.ts';
import { copyToClipboard } from '../ui/clipboard.ts';

/** The context as the stores and the address have it now. */
export function presentContext(client: ConsoleClient): ActionContext {
  const { status, callSiteQuotas } = useLive.getState();
  return {
    status,
    callSiteQuotas: callSiteQuotas ?? [],
    stale: isStale(useConnection.getState()),
    theme: usePreferences.getState().theme,
    path: window.location.pathname,
    client,
  };
}

/** Everything that can be done in a situation. */
export function actionsFor(context: ActionContext): Action[] {
  const { status, stale } = context;
  return [
    ...overlayActions(),
    {
      id: 'force',
      group: 'On call',
      label: 'Force a provider…',
      icon: ArrowLeftRight,
      keywords: ['override', 'switch', 'failover'],
      keys: 'x',
      ...(stale ? { disabled: 'not while the connection is lost' } : {}),
      run: () => openForceDialog(),
    },
    ...overrideActions(context),
    ...VIEWS.map(({ path, label, icon, jump }): Action => ({
      id: `view:${path}`,
      group: 'Go to',
      label,
      icon,
      keys: `g ${jump}`,
      keywords: ['open', 'view'],
      run: () => navigate(path),
    })),
    ...settingsActions(),
    ...(status ? providerActions(context) : []),
    ...raiseActions(context),
    ...(viewAt(context.path)?.ranged ? rangeActions() : []),
    ...copyActions(status),
    {
      id: 'annotations',
      group: 'Look',
      label: 'Show or hide events on the charts',
      icon: Flag,
      keywords: ['annotations', 'deploy', 'notes'],
      run: () => usePreferences.setState(({ showAnnotations }) => ({ showAnnotations: !showAnnotations })),
    },
    ...themeActions(context.theme),
  ];
}

function overlayActions(): Action[] {
  return [
    {
      id: 'palette',
      group: 'Help',
      label: 'Command palette',
      icon: Search,
      keys: 'mod+k',
      hidden: true,
      run: () => showOverlay('palette'),
    },
    {
      id: 'shortcuts',
      group: 'Help',
      label: 'Keyboard shortcuts',
      icon: Keyboard,
      keys: '?',
      keywords: ['keys', 'help'],
      run: () => showOverlay('shortcuts'),
    },
    {
      id: 'annotate',
      group: 'On call',
      label: 'Note a deploy or event…',
      icon: Flag,
      keywords: ['annotation', 'deploy', 'note'],
      run: () => showOverlay('annotate'),
    },
    {
      id: 'openapi',
      group: 'Help',
      label: 'Description of the API (OpenAPI)',
      icon: FileJson,
      keywords: ['docs', 'rest', 'documentation'],
      run: () => void window.open('/api/openapi.json', '_blank', 'noopener'),
    },
  ];
}

/** The parts of the settings that answer "how do I …". */
const SETTINGS_SECTIONS = [
  { section: 'clients', label: 'Connect a client', keywords: ['sdk', 'openai', 'anthropic', 'base url', 'docs'] },
  { section: 'keys', label: 'API keys: which are missing', keywords: ['environment', '.env', 'secret'] },
  { section: 'config', label: 'The configuration file', keywords: ['registry', 'yaml', 'reload'] },
  { section: 'storage', label: 'Storage and retention', keywords: ['database', 'disk', 'sqlite'] },
  { section: 'monitoring', label: 'Metrics, Grafana, OpenTelemetry', keywords: ['prometheus', 'otlp'] },
  { section: 'notifications', label: 'Where alerts are sent', keywords: ['slack', 'pagerduty', 'webhook'] },
] as const;

function settingsActions(): Action[] {
  return SETTINGS_SECTIONS.map(({ section, label, keywords }) => ({
    id: `settings:${section}`,
    group: 'Help',
    label,
    icon: Settings,
    keywords: ['settings', ...keywords],
    run: () => navigate('/settings', { section }),
  }));
}

function rangeActions(): Action[] {
  return RELATIVE_SPANS.map((span) => ({
    id: `range:${span}`,
    group: 'Range',
    label: `Show the ${rangeLabel({ kind: 'relative', span })}`,
    icon: Clock,
    keywords: ['time', span],
    run: () => setRange({ kind: 'relative', span }),
  }));
}

function copyActions(status: Status | null): Action[] {
  const copy = (id: string, label: string, what: string, text: () => string, icon: LucideIcon = Copy): Action => ({
    id,
    group: 'Copy',
    label,
    icon,
    keywords: ['clipboard', 'address', 'endpoint'],
    run: () => void copyText(what, text()),
  });
  return [
    ...(status
      ? [
          copy('copy:openai', 'Copy the base URL for OpenAI clients', 'The URL', () => `${status.gateway_url}/v1`),
          copy('copy:gateway', 'Copy the gateway URL', 'The gateway URL', () => status.gateway_url),
        ]
      : []),
    copy('copy:link', 'Copy a link to this view', 'The link', () => window.location.href, Link2),
  ];
}

async function copyText(what: string, text: string): Promise<void> {
  try {
    await copyToClipboard(text);
    showNotice(`${what} is copied: ${text}`);
  } catch {
    showNotice(`The browser does not let this page copy. ${what} is ${text}`, 'failed');
  }
}

const THEME_ICONS: Readonly<Record<Theme, LucideIcon>> = { system: SunMoon, light: Sun, dark: Moon };

function themeActions(theme: Theme): Action[] {
  const choose = (next: Theme) => () => usePreferences.setState({ theme: next });
  return [
    {
      id: 'theme',
      group: 'Look',
      label: `Switch the theme to ${NEXT_THEME[theme]}`,
      icon: Contrast,
      keys: 't',
      keywords: ['dark', 'light', 'colour'],
      run: choose(NEXT_THEME[theme]),
    },
    ...(['system', 'light', 'dark'] as const)
      .filter((each) => each !== theme && each !== NEXT_THEME[theme])
      .map((each): Action => ({
        id: `theme:${each}`,
        group: 'Look',
        label: `Theme: ${each}`,
        icon: THEME_ICONS[each],
        run: choose(each),
      })),
  ];
}
