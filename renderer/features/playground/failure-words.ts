import type { FailureClass } from '../../../shared/domain/failure.ts';

const WORDS: Readonly<Record<FailureClass, string>> = {
  unreachable: 'It could not be reached. Check its endpoint and that it is running.',
  timeout: 'It did not answer in time.',
  overloaded: 'It is overloaded. Try again in a moment.',
  rate_limited: 'It refuses more requests for now: its rate limit is reached.',
  server_error: 'The provider had a fault of its own.',
  unauthorized: 'It refuses our key. Check the key in the environment.',
  exhausted: 'The credit or spend limit with it is used up.',
  invalid_request: 'It rejects the request as it stands.',
  context_overflow: 'The prompt is longer than its context window.',
  content_filtered: 'Its content filter refused.',
  model_missing: 'It does not know this model. Check the model id.',
  malformed: 'Its answer could not be read.',
  truncated: 'Its answer broke off before its end.',
  cancelled: 'It was stopped.',
};

/** What a failure means and what to do, in a sentence; the provider's own words belong beside it. */
export function failureWords(failure: FailureClass | null): string {
  return failure === null ? 'The answer did not come to its end.' : WORDS[failure];
}
