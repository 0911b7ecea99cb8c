import { create } from 'zustand';

/** What the dialog starts with; empty fields are for the operator to fill. */
export interface ForceDraft {
  provider?: string;
  scope?: string;
  reason?: string;
}

/** The dialog that forces a provider; it can be opened from anywhere. Null while it is closed. */
export const useForceDialog = create<{ draft: ForceDraft | null }>()(() => ({ draft: null }));

/** Opens the dialog. */
export function openForceDialog(draft: ForceDraft = {}): void {
  useForceDialog.setState({ draft });
}

/** Closes the dialog. */
export function closeForceDialog(): void {
  useForceDialog.setState({ draft: null });
}
