import type { ReactNode } from 'react';

/** What a panel has to show. `loading` and `error` keep the last picture, dimmed, where there is one. */
export type PanelState =
  | { kind: 'ready' }
  | { kind: 'loading'; hasPicture: boolean }
  | { kind: 'empty'; title: string; hint?: ReactNode }
  | { kind: 'error'; message: string; retry?: () => void; hasPicture?: boolean }
  | { kind: 'partial'; message: string };

/** The part of a query result that decides what a panel shows. */
export interface QueryPicture<Data> {
  data: Data | undefined;
  error: Error | null;
  isFetching: boolean;
  isPlaceholderData?: boolean;
  refetch: () => unknown;
}

/**
 * The panel state of a query: loading before the first answer and while another range loads over the old picture, error
 * with retry, empty where `empty` says so. A refresh in the background is not loading: live figures must not flicker.
 */
export function panelStateOf<Data>(
  query: QueryPicture<Data>,
  empty?: (data: Data) => { title: string; hint?: ReactNode } | null,
): PanelState {
  const hasPicture = query.data !== undefined;
  if (query.error) {
    return { kind: 'error', message: query.error.message, retry: () => void query.refetch(), hasPicture };
  }
  if (query.data === undefined) return { kind: 'loading', hasPicture: false };
  if (query.isPlaceholderData) return { kind: 'loading', hasPicture: true };
  const nothing = empty?.(query.data);
  return nothing ? { kind: 'empty', ...nothing } : { kind: 'ready' };
}
