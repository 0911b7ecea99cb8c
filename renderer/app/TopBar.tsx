import { clsx } from 'clsx';
import { Monitor, Moon, Search, Sun } from 'lucide-react';
import { showOverlay } from '../state/overlay.ts';
import { NEXT_THEME, usePreferences } from '../state/preferences.ts';
import { useStatus } from '../state/live.ts';
import { IconButton } from '../ui/Button.tsx';
import { Keys } from '../ui/Kbd.tsx';
import { Logo } from './Logo.tsx';
import { DataAge } from './DataAge.tsx';
import { RangePicker } from './RangePicker.tsx';
import { shownKeys } from './shortcut-keys.ts';

const ENVIRONMENT = {
  development: { edge: 'bg-environment-development', text: 'text-environment-development' },
  staging: { edge: 'bg-environment-staging', text: 'text-environment-staging' },
  production: { edge: 'bg-environment-production', text: 'text-environment-production' },
} as const;

/** Where one is, over which time, how fresh; the edge above it has the colour of the environment. */
export function TopBar({ connectionName, ranged }: { connectionName: string; ranged: boolean }) {
  const status = useStatus();
  const environment = status ? ENVIRONMENT[status.environment] : null;
  return (
    <header className="shrink-0 border-b border-line bg-surface">
      <div className={clsx('h-0.5', environment?.edge ?? 'bg-line')} />
      <div className="flex items-center gap-x-2 px-2 py-1.5 sm:gap-x-3 sm:px-3 md:px-4">
        <Logo />
        <div className="flex min-w-0 items-baseline gap-2 border-l border-line pl-2 sm:pl-3">
          <span
            className="truncate text-ink-muted max-sm:sr-only"
            title={status ? `Gateway at ${status.gateway_url}` : undefined}
          >
            {connectionName}
          </span>
          {status && <span className={clsx('text-table font-medium', environment?.text)}>{status.environment}</span>}
        </div>
        {status?.simulated && (
          <span
            title="The providers are simulated: no request leaves this machine and no money is spent."
            className="rounded-small border border-dashed border-line-strong px-1.5 text-micro font-semibold tracking-wider text-ink-muted"
          >
            SIMULATED
          </span>
        )}
        <div className="ml-auto flex shrink-0 items-center gap-1.5 sm:gap-2 md:gap-3">
          {ranged && <RangePicker />}
          <DataAge />
          <PaletteButton />
          <ThemeSwitch />
        </div>
      </div>
    </header>
  );
}

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon } as const;

/** Opens the command palette; shows the keys that do so too. */
function PaletteButton() {
  return (
    <button
      type="button"
      aria-haspopup="dialog"
      title="Go anywhere, do anything: the command palette"
      onClick={() => showOverlay('palette')}
      className="inline-flex h-6 items-center gap-1.5 rounded-small border border-line-strong bg-inset px-1.5 text-ink-muted hover:border-ink-faint hover:text-ink"
    >
      <Search aria-hidden="true" size={13} strokeWidth={1.75} />
      <span className="sr-only">Command palette</span>
      <span className="max-lg:hidden">
        <Keys keys={shownKeys('mod+k', navigator.platform)} />
      </span>
    </button>
  );
}

function ThemeSwitch() {
  const theme = usePreferences((state) => state.theme);
  return (
    <IconButton
      icon={THEME_ICONS[theme]}
      size="small"
      label={`Theme: ${theme}. Switch to ${NEXT_THEME[theme]}.`}
      onClick={() => usePreferences.setState({ theme: NEXT_THEME[theme] })}
    />
  );
}
