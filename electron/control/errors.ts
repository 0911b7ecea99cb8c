import { ORPCError } from '@orpc/client';
import { ValidationError } from '@orpc/contract';
import { z } from 'zod';
import { inputSentence } from '../../shared/format/input-sentence.ts';
import { OperatorError } from '../engine/operations/operator-error.ts';
import { StoreQueryError } from '../engine/store/query-error.ts';

/** Where unexpected errors are told; never given a secret. */
export type ReportError = (context: string, error: unknown) => void;

const STATUS_BY_CODE = { NOT_FOUND: 404, INVALID_REQUEST: 400, CONFLICT: 409 } as const;

/** The sentence for an input that a call's schema refused. */
function inputErrorSentence({ issues, data }: ValidationError, schema: unknown): string {
  if (!(schema instanceof z.ZodType)) return 'The input is not as documented: see /api/openapi.json.';
  // Every schema of the contract is zod's, and so are the issues it finds.
  return inputSentence({ schema, value: data, issues: issues as readonly z.core.$ZodIssue[], name: 'The input' });
}

/**
 * Turns what a call threw into the error its caller sees: the operator's errors keep their sentence, and so does a
 * database that cannot be read; a bad input gets one, and anything unexpected is reported here and stays vague outside. `schema` is that of the call's input.
 */
export function toControlError(error: unknown, report: ReportError, schema?: unknown): ORPCError<string, unknown> {
  if (error instanceof OperatorError) {
    return new ORPCError(error.code, { status: STATUS_BY_CODE[error.code], message: error.message });
  }
  if (error instanceof ORPCError) {
    if (error.code === 'BAD_REQUEST') {
      const message =
        error.cause instanceof ValidationError
          ? inputErrorSentence(error.cause, schema)
          : 'The request cannot be read: send valid JSON.';
      return new ORPCError('INVALID_REQUEST', { status: 400, message });
    }
    if (error.code === 'INTERNAL_SERVER_ERROR') report('control call', error.cause ?? error);
    return error;
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return new ORPCError('CLIENT_CLOSED_REQUEST', { status: 499, message: 'The caller left before the answer.' });
  }
  report('control call', error);
  if (error instanceof StoreQueryError && error.code === 'unreadable') {
    return new ORPCError('INTERNAL_SERVER_ERROR', { message: error.message });
  }
  return new ORPCError('INTERNAL_SERVER_ERROR', {
    message: 'Something went wrong inside Switchyard; its log says what.',
  });
}
