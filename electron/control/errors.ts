import { ORPCError } from '@orpc/client';
import { ValidationError } from '@orpc/contract';
import { OperatorError } from '../engine/engine-api.ts';

/** Where unexpected errors are told; never given a secret. */
export type ReportError = (context: string, error: unknown) => void;

const STATUS_BY_CODE = { NOT_FOUND: 404, INVALID_REQUEST: 400, CONFLICT: 409 } as const;

interface Issue {
  readonly message: string;
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
}

/** One sentence over what is wrong with an input, naming the first field and how many more there are. */
export function inputErrorSentence(issues: ReadonlyArray<Issue>): string {
  const first = issues[0];
  if (first === undefined) return 'The input is not valid.';
  const path = (first.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
  const others = issues.length - 1;
  const more = others > 0 ? ` (and ${others} more ${others === 1 ? 'problem' : 'problems'})` : '';
  const detail = first.message.replace(/\.$/, '');
  return `${path === '' ? 'The input is not valid' : `"${path}" is not valid`}: ${detail}${more}.`;
}

/**
 * Turns what a call threw into the error its caller sees: the operator's errors keep their sentence, a bad input gets
 * one, and anything unexpected is reported here and stays vague outside.
 */
export function toControlError(error: unknown, report: ReportError): ORPCError<string, unknown> {
  if (error instanceof OperatorError) {
    return new ORPCError(error.code, { status: STATUS_BY_CODE[error.code], message: error.message });
  }
  if (error instanceof ORPCError) {
    if (error.code === 'BAD_REQUEST') {
      const issues = error.cause instanceof ValidationError ? error.cause.issues : [];
      const message = issues.length > 0 ? inputErrorSentence(issues) : 'The request cannot be read: send valid JSON.';
      return new ORPCError('INVALID_REQUEST', { status: 400, message });
    }
    if (error.code === 'INTERNAL_SERVER_ERROR') report('control call', error.cause ?? error);
    return error;
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return new ORPCError('CLIENT_CLOSED_REQUEST', { status: 499, message: 'The caller left before the answer.' });
  }
  report('control call', error);
  return new ORPCError('INTERNAL_SERVER_ERROR', {
    message: 'Something went wrong inside Switchyard; its log says what.',
  });
}
