import { FileSearch } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { useConsoleApi } from '../api/client.ts';
import { useConnection } from '../state/connection.ts';
import { useLive } from '../state/live.ts';
import { noteAction, usePreferences } from '../state/preferences.ts';
import { transitionKey } from '../state/transitions.ts';
import { CommandMenu, type CommandGroup, type CommandItem } from '../ui/CommandMenu.tsx';
import { ACTION_GROUPS, type Action } from './action.ts';
import { actionsFor, presentContext } from './actions.ts';
import { navigate } from './router.tsx';
import { shownKeys } from './shortcut-keys.ts';

/** `req_`, ten characters of time and twelve of chance, as the gateway gives them out and its answers' headers carry them. */
const REQUEST_ID = /\breq_[0-9a-v]{22}\b/;
/** What was used lately counts more than an equally good match. */
const RECENT_WEIGHT = 1.3;

/** Everything that can be done, by typing: what was used last comes first. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const { client } = useConsoleApi();
  // Which actions there are changes with health, breakers and overrides, not with every figure.
  const transition = useLive(transitionKey);
  const phase = useConnection((state) => state.phase);
  const recent = usePreferences((state) => state.recentActions);
  const actions = useMemo(
    () => actionsFor(presentContext(client)).filter(({ hidden }) => !hidden),
    // oxlint-disable-next-line react/exhaustive-deps -- the context is read from the stores that these two stand for
    [client, transition, phase],
  );
  const groups = useCallback((search: string) => paletteGroups(actions, recent, search), [actions, recent]);
  return (
    <CommandMenu
      label="Command palette"
      placeholder="Go to a view, act on a provider, paste a request id …"
      groups={groups}
      onClose={onClose}
    />
  );
}

/** The palette's groups: a pasted request id first, then what was used lately, then everything by its kind. */
function paletteGroups(actions: readonly Action[], recent: readonly string[], search: string): CommandGroup[] {
  const requestId = REQUEST_ID.exec(search)?.[0];
  if (requestId !== undefined) return [{ heading: 'Requests', items: [requestItem(requestId, search)] }];
  const lately = search === '' ? recent.flatMap((id) => actions.find((action) => action.id === id) ?? []) : [];
  const others = actions.filter((action) => !lately.includes(action));
  return [
    ...(lately.length > 0 ? [{ heading: 'Used lately', items: lately.map((action) => itemOf(action, 1)) }] : []),
    ...ACTION_GROUPS.map((heading) => ({
      heading,
      items: others
        .filter(({ group }) => group === heading)
        .map((action) => itemOf(action, recent.includes(action.id) ? RECENT_WEIGHT : 1)),
    })).filter(({ items }) => items.length > 0),
  ];
}

function itemOf({ id, label, icon, keywords, keys, disabled, group, run }: Action, weight: number): CommandItem {
  return {
    key: id,
    label,
    icon,
    weight,
    keywords: [...(keywords ?? []), group],
    ...(keys === undefined ? {} : { keys: shownKeys(keys, navigator.platform) }),
    ...(disabled === undefined ? {} : { disabled }),
    onSelect: () => {
      noteAction(id);
      run();
    },
  };
}

function requestItem(id: string, typed: string): CommandItem {
  return {
    key: `request:${id}`,
    label: `Open request ${id}`,
    icon: FileSearch,
    keywords: [typed],
    onSelect: () => navigate('/requests', { request: id }),
  };
}
