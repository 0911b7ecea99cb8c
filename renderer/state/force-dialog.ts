import { create } from 'zustand';
import { changeSearch, useSearchParameter } from '../app/router.tsx';

/** What the dialog starts with; empty fields are for the operator to fill. */
export interface ForceDraft {
  provider?: string;
  scope?: string;
  reason?: string;
}

/** The provider to force stands in the address, so that a runbook or a page can link to the dialog; empty for any. */
const PARAMETER = 'force';

/** What is more than the address holds. */
export const useForceDialog = create<{ draft: ForceDraft | null }>()(() => ({ draft: null }));

/** What the dialog starts with; null while it is closed. Only the address decides whether it is open. */
export function useForceDraft(): ForceDraft | null {
  const [provider] = useSearchParameter(PARAMETER);
  const draft = useForceDialog((state) => state.draft);
  if (provider === null) return null;
  if (draft && (draft.provider ?? '') === provider) return draft;
  return provider === '' ? {} : { provider };
}

/** Opens the dialog; it can be opened from anywhere. */
export function openForceDialog(draft: ForceDraft = {}): void {
  useForceDialog.setState({ draft });
  changeSearch({ [PARAMETER]: draft.provider ?? '' });
}

/** Closes the dialog. */
export function closeForceDialog(): void {
  useForceDialog.setState({ draft: null });
  changeSearch({ [PARAMETER]: null });
}
