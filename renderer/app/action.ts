import type { LucideIcon } from 'lucide-react';
import type { QuotaStatus } from '../../shared/domain/quota.ts';
import type { Status } from '../../shared/domain/status.ts';
import type { ConsoleClient } from '../api/client.ts';
import type { Theme } from '../state/preferences.ts';

/** The headings of the palette and of the list of shortcuts, in their order. */
export const ACTION_GROUPS = ['On call', 'Go to', 'Providers', 'Limits', 'Range', 'Copy', 'Look', 'Help'] as const;
type ActionGroup = (typeof ACTION_GROUPS)[number];

/**
 * Something that can be done from everywhere. Palette, shortcuts and their list are made of these alone, so that they
 * can not differ.
 */
export interface Action {
  /** Stable, for what was used lately: `view:/costs`, `force:claude`. */
  id: string;
  group: ActionGroup;
  label: string;
  icon: LucideIcon;
  /** Further words that find it. */
  keywords?: readonly string[];
  /** As `shortcut-keys.ts` writes them. */
  keys?: string;
  /** Why it can not be done now; it is shown all the same. */
  disabled?: string;
  /** True for what the palette leaves out, as it is the palette itself. */
  hidden?: boolean;
  run: () => void;
}

/** What the actions of a moment depend on. */
export interface ActionContext {
  status: Status | null;
  callSiteQuotas: readonly QuotaStatus[];
  /** True while the line to the gateway is down. */
  stale: boolean;
  theme: Theme;
  /** The path of the present view. */
  path: string;
  client: ConsoleClient;
}
