import { create } from 'zustand';

/** What came of an action that shows nothing by itself, in a sentence. */
export interface Notice {
  id: number;
  tone: 'done' | 'failed';
  text: string;
}

/** The newest notice; an older one gives way to it. */
export const useNotice = create<{ notice: Notice | null }>()(() => ({ notice: null }));

let newest = 0;

export function showNotice(text: string, tone: Notice['tone'] = 'done'): void {
  newest += 1;
  useNotice.setState({ notice: { id: newest, tone, text } });
}

/** Takes a notice away, unless another has come. */
export function dismissNotice(id: number): void {
  useNotice.setState(({ notice }) => (notice?.id === id ? { notice: null } : { notice }));
}
