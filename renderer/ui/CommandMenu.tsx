import { clsx } from 'clsx';
import { Command, defaultFilter } from 'cmdk';
import { Search, type LucideIcon } from 'lucide-react';
import { Dialog as RadixDialog } from 'radix-ui';
import { useMemo, useState } from 'react';
import { Keys } from './Kbd.tsx';
import { useReturningFocus } from './returning-focus.ts';

export interface CommandItem {
  /** Unique within the menu. */
  key: string;
  label: string;
  icon: LucideIcon;
  keywords?: readonly string[];
  /** Keys that do the same, one after another. */
  keys?: readonly string[];
  /** Why it can not be chosen now. */
  disabled?: string;
  /** How much likelier it is meant than its neighbours; 1 when left out. */
  weight?: number;
  onSelect: () => void;
}

export interface CommandGroup {
  heading: string;
  items: readonly CommandItem[];
}

/** What a word beside the label counts against the label itself. */
const KEYWORD_WEIGHT = 0.7;
/** Below this the letters are only strewn about a long label. */
const LEAST_SCORE = 0.01;

/** How well a text finds an entry, 0 (not at all) to about 1: by its label, or by one of its further words. */
function scoreOf({ label, keywords = [], weight = 1 }: CommandItem, typed: string): number {
  const beside = keywords.map((word) => KEYWORD_WEIGHT * defaultFilter(word, typed));
  const best = Math.max(defaultFilter(label, typed), ...beside);
  return best < LEAST_SCORE ? 0 : best * weight;
}

interface CommandMenuProps {
  /** Names the menu for assistive technology. */
  label: string;
  placeholder: string;
  /** What is offered for what was typed; empty text for everything. */
  groups: (search: string) => readonly CommandGroup[];
  onClose: () => void;
}

/**
 * A list of everything that can be done, found by typing a few letters of it. The backdrop is our own element, as that of
 * the dialogs: a style element would be refused by the page's policy.
 */
export function CommandMenu({ label, placeholder, groups, onClose }: CommandMenuProps) {
  const [search, setSearch] = useState('');
  const shown = useMemo(() => groups(search), [groups, search]);
  const items = useMemo(() => new Map(shown.flatMap((group) => group.items.map((item) => [item.key, item]))), [shown]);
  const score = (key: string, typed: string) => {
    const item = items.get(key);
    return item ? scoreOf(item, typed) : 0;
  };
  const focus = useReturningFocus();
  return (
    <RadixDialog.Root open onOpenChange={(open) => !open && onClose()}>
      <RadixDialog.Portal>
        <div aria-hidden="true" className="fixed inset-0 z-50 animate-appear bg-black/50" />
        <RadixDialog.Content
          {...focus}
          aria-describedby={undefined}
          className="fixed top-[max(0.5rem,12vh)] left-1/2 z-50 w-[calc(100vw-1rem)] max-w-xl -translate-x-1/2 animate-appear rounded-panel border border-line-strong bg-surface text-body text-ink outline-none"
        >
          <RadixDialog.Title className="sr-only">{label}</RadixDialog.Title>
          <Command label={label} filter={score} loop vimBindings={false}>
            <div className="flex items-center gap-2 border-b border-line px-3">
              <Search aria-hidden="true" size={16} strokeWidth={1.75} className="shrink-0 text-ink-faint" />
              <Command.Input
                autoFocus
                value={search}
                onValueChange={setSearch}
                placeholder={placeholder}
                className="h-11 min-w-0 flex-1 bg-transparent text-lead outline-none placeholder:text-ink-faint"
              />
              <Keys keys={['Esc']} />
            </div>
            <Command.List label={label} className="max-h-[min(26rem,60vh)] overflow-y-auto p-1.5">
              <Command.Empty className="px-2 py-6 text-center text-ink-muted">
                Nothing is called like that. Try the name of a view, a provider or a request’s id.
              </Command.Empty>
              {shown.map(({ heading, items: entries }) => (
                <Command.Group
                  key={heading}
                  heading={heading}
                  className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-micro [&_[cmdk-group-heading]]:text-ink-faint"
                >
                  {entries.map((item) => (
                    <Entry key={item.key} item={item} onClose={onClose} />
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}

function Entry({ item, onClose }: { item: CommandItem; onClose: () => void }) {
  const { key, label, icon: Icon, keys, disabled, onSelect } = item;
  const select = () => {
    // Closed first, or the focus would go back to the page after what the action opens has taken it.
    onClose();
    onSelect();
  };
  return (
    <Command.Item
      value={key}
      disabled={disabled !== undefined}
      onSelect={select}
      className={clsx(
        'flex min-h-8 cursor-default items-center gap-2.5 rounded-small px-2 py-1 data-[selected=true]:bg-accent-soft',
        disabled !== undefined && 'text-ink-faint',
      )}
    >
      <Icon aria-hidden="true" size={15} strokeWidth={1.75} className="shrink-0 text-ink-muted" />
      <span className="min-w-0 flex-1">{label}</span>
      {disabled !== undefined && <span className="text-table text-ink-faint">{disabled}</span>}
      {keys && <Keys keys={keys} />}
    </Command.Item>
  );
}
