import { useMemo, useSyncExternalStore, type ComponentPropsWithRef, type MouseEvent } from 'react';

/** The address of a view: a path such as `/costs`, and what is chosen in it. */
export interface ViewLocation {
  path: string;
  search: URLSearchParams;
}

type SearchChanges = Readonly<Record<string, string | null>>;

const CHANGED = 'switchyard:navigated';
/** What the next view takes over from the last one. */
const SHARED_PARAMETERS = ['range'];

function subscribe(listener: () => void): () => void {
  window.addEventListener('popstate', listener);
  window.addEventListener(CHANGED, listener);
  return () => {
    window.removeEventListener('popstate', listener);
    window.removeEventListener(CHANGED, listener);
  };
}

function currentAddress(): string {
  return window.location.pathname + window.location.search;
}

/** The address at present. */
export function useViewLocation(): ViewLocation {
  const address = useSyncExternalStore(subscribe, currentAddress);
  return useMemo(() => {
    const [path = '/', search = ''] = address.split('?');
    return { path: path === '' ? '/' : path, search: new URLSearchParams(search) };
  }, [address]);
}

/** The address of a view as seen from the present one: the shared range goes along. */
export function viewHref(path: string, parameters: SearchChanges = {}): string {
  const present = new URLSearchParams(window.location.search);
  const search = new URLSearchParams();
  for (const name of SHARED_PARAMETERS) {
    const value = present.get(name);
    if (value !== null) search.set(name, value);
  }
  applyChanges(search, parameters);
  return join(path, search);
}

/** Opens a view; the back button returns. */
export function navigate(path: string, parameters: SearchChanges = {}): void {
  go(viewHref(path, parameters), false);
}

/**
 * Changes what is chosen in the present view; null takes a parameter out. `replace` leaves no step behind for the back
 * button, for what changes while one drags or types.
 */
export function changeSearch(changes: SearchChanges, { replace = false } = {}): void {
  const search = new URLSearchParams(window.location.search);
  applyChanges(search, changes);
  go(join(window.location.pathname, search), replace);
}

/** One search parameter and what sets it. */
export function useSearchParameter(
  name: string,
): [string | null, (value: string | null, options?: { replace?: boolean }) => void] {
  const { search } = useViewLocation();
  return [search.get(name), (value, options) => changeSearch({ [name]: value }, options)];
}

interface LinkProps extends Omit<ComponentPropsWithRef<'a'>, 'href'> {
  to: string;
  parameters?: SearchChanges;
}

/** A link to a view. Other buttons and modifier keys keep the browser's meaning. */
export function Link({ to, parameters, onClick, children, ...rest }: LinkProps) {
  // Reading the address here keeps the carried range of the link right when it changes.
  useViewLocation();
  const href = viewHref(to, parameters);
  const open = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    go(href, false);
  };
  return (
    <a {...rest} href={href} onClick={open}>
      {children}
    </a>
  );
}

function applyChanges(search: URLSearchParams, changes: SearchChanges): void {
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) search.delete(name);
    else search.set(name, value);
  }
}

function join(path: string, search: URLSearchParams): string {
  const text = search.toString();
  return text === '' ? path : `${path}?${text}`;
}

function go(address: string, replace: boolean): void {
  if (address === currentAddress()) return;
  if (replace) window.history.replaceState(null, '', address);
  else window.history.pushState(null, '', address);
  window.dispatchEvent(new Event(CHANGED));
}
