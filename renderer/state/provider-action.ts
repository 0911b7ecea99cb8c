import { changeSearch, useSearchParameter } from '../app/router.tsx';

/** What an operator does to one provider by hand. */
const PROVIDER_ACTIONS = ['reset', 'isolate', 'rejoin'] as const;
export type ProviderAction = (typeof PROVIDER_ACTIONS)[number];

const PARAMETER = 'act';

/** The dialog that is asked for, as `act=isolate:kimi` in the address; null where none is. */
export function useProviderAction(): { action: ProviderAction; provider: string } | null {
  const [text] = useSearchParameter(PARAMETER);
  const [word, ...rest] = (text ?? '').split(':');
  const action = PROVIDER_ACTIONS.find((each) => each === word);
  return action && rest.length > 0 ? { action, provider: rest.join(':') } : null;
}

/** Asks for the dialog; the action itself waits for its reason there. */
export function askProviderAction(action: ProviderAction, provider: string): void {
  changeSearch({ [PARAMETER]: `${action}:${provider}` });
}

export function closeProviderAction(): void {
  changeSearch({ [PARAMETER]: null });
}
