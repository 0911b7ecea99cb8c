import { clsx } from 'clsx';
import { Search, SlidersHorizontal, X } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { changeSearch } from '../../app/router.tsx';
import { useProviders } from '../../state/live.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { Button } from '../../ui/Button.tsx';
import { Select, TextInput } from '../../ui/Field.tsx';
import { filterChoices, filterWords, type FilterName, type RequestFilters } from './request-filters.ts';

const SELECTS: readonly { name: FilterName; label: string }[] = [
  { name: 'status', label: 'Outcome' },
  { name: 'provider', label: 'Provider' },
  { name: 'failure', label: 'Failure' },
  { name: 'tier', label: 'Tier' },
  { name: 'slower', label: 'Slower than' },
  { name: 'fallback', label: 'Fell back' },
  { name: 'unpriced', label: 'Price unknown' },
  { name: 'origin', label: 'Origin' },
];
const TYPING_MS = 300;

/** Search and filters; all of them stand in the address. */
export function FilterBar({ filters }: { filters: RequestFilters }) {
  const label = useProviderLabels();
  const providers = useProviders().map(({ name }) => name);
  const set = (name: FilterName, value: string | null) => changeSearch({ [name]: value }, { replace: true });
  // A phone has room for the search alone.
  const [shown, setShown] = useState(false);
  const active = Object.entries(filters) as [FilterName, string][];
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField value={filters.q ?? ''} onChange={(text) => set('q', text === '' ? null : text)} />
        <Button className="sm:hidden" icon={SlidersHorizontal} aria-expanded={shown} onClick={() => setShown(!shown)}>
          Filters
        </Button>
        <div className={clsx('flex flex-wrap items-center gap-2', !shown && 'max-sm:hidden')}>
          {SELECTS.map(({ name, label: title }) => {
            const choices = name === 'provider' ? providers : (filterChoices(name) ?? []);
            return (
              <Select
                key={name}
                aria-label={title}
                className="w-auto! max-w-32"
                value={filters[name] ?? ''}
                onChange={(value) => set(name, value === '' ? null : value)}
                options={[
                  { value: '', label: title },
                  ...choices.map((value) => ({ value, label: filterWords(name, value, label) })),
                ]}
              />
            );
          })}
        </div>
      </div>
      {active.length > 0 && (
        <ul aria-label="Filters" className="flex flex-wrap items-center gap-1.5">
          {active.map(([name, value]) => (
            <li key={name}>
              <button
                type="button"
                onClick={() => set(name, null)}
                className="inline-flex h-6 items-center gap-1 rounded-small border border-line-strong bg-inset px-1.5 text-table hover:border-ink-faint"
              >
                {filterWords(name, value, label)}
                <X aria-hidden="true" size={11} />
                <span className="sr-only">take this filter out</span>
              </button>
            </li>
          ))}
          {active.length > 1 && (
            <li>
              <Button
                size="small"
                tone="quiet"
                onClick={() =>
                  changeSearch(Object.fromEntries(active.map(([name]) => [name, null])), { replace: true })
                }
              >
                Clear all
              </Button>
            </li>
          )}
        </ul>
      )}
    </div>
  );
}

/** Takes effect a moment after the last key; `/` puts the cursor there. */
function SearchField({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState<string | null>(null);
  const change = useEffectEvent(onChange);
  useEffect(() => {
    if (typed === null) return undefined;
    const timer = setTimeout(() => {
      change(typed.trim());
      setTyped(null);
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const busy =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [role="dialog"]');
      if (event.key !== '/' || event.ctrlKey || event.metaKey || busy) return;
      event.preventDefault();
      field.current?.focus();
    };
    window.addEventListener('keydown', focus);
    return () => window.removeEventListener('keydown', focus);
  }, []);
  return (
    <div className="relative min-w-40 flex-1 sm:max-w-80">
      <Search aria-hidden="true" size={13} className="absolute top-2.5 left-2 text-ink-faint" />
      <TextInput
        ref={field}
        type="search"
        aria-label="Search by request id, user, agent or error"
        aria-keyshortcuts="/"
        placeholder="Request id, user, agent, error"
        className="pl-7!"
        value={typed ?? value}
        onChange={(event) => setTyped(event.target.value)}
      />
    </div>
  );
}
