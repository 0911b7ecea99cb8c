/** Thrown by engine calls for what the operator can mend; `message` is one sentence with the way out. */
export class OperatorError extends Error {
  readonly code: 'NOT_FOUND' | 'INVALID_REQUEST' | 'CONFLICT';

  constructor(code: OperatorError['code'], message: string) {
    super(message);
    this.name = 'OperatorError';
    this.code = code;
  }
}
