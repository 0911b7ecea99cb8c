import { useConsoleApi } from '../api/client.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Keys } from '../ui/Kbd.tsx';
import { ACTION_GROUPS } from './action.ts';
import { actionsFor, presentContext } from './actions.ts';
import { shownKeys } from './shortcut-keys.ts';

/** Keys that belong to a part of a view and not to the whole console. */
const PLACES: readonly { place: string; keys: readonly { keys: readonly string[]; what: string }[] }[] = [
  {
    place: 'In a table',
    keys: [
      { keys: ['↑', '↓'], what: 'Walk the rows' },
      { keys: ['Enter'], what: 'Open the row' },
    ],
  },
  {
    place: 'In a timeline',
    keys: [
      { keys: ['←', '→'], what: 'Walk the spans' },
      { keys: ['+', '−'], what: 'Zoom' },
      { keys: ['Shift', '←', '→'], what: 'Pan' },
      { keys: ['0'], what: 'Show the whole range' },
      { keys: ['Enter'], what: 'Open the episode' },
    ],
  },
];

/** Every shortcut there is, from the same list that the keyboard is read by. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const { client } = useConsoleApi();
  const actions = actionsFor(presentContext(client));
  const groups = ACTION_GROUPS.map((place) => ({
    place,
    keys: actions
      .filter(({ group, keys }) => group === place && keys !== undefined)
      .map(({ keys = '', label }) => ({ keys: shownKeys(keys, navigator.platform), what: label })),
  })).filter(({ keys }) => keys.length > 0);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Keyboard shortcuts"
      description="Keys are pressed one after another, Ctrl or ⌘ together with its letter. None of them acts while you type."
      width="wide"
    >
      <div className="columns-1 gap-8 sm:columns-2">
        {[...groups, ...PLACES].map(({ place, keys }) => (
          <section key={place} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-table font-medium text-ink-faint">{place}</h3>
            <dl className="flex flex-col gap-1">
              {keys.map(({ keys: pressed, what }) => (
                <div key={what} className="flex items-center justify-between gap-4">
                  <dt>{what}</dt>
                  <dd>
                    <Keys keys={pressed} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
