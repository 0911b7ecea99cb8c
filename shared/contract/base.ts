import { oc } from '@orpc/contract';

/** Errors every call may answer with; `message` is one sentence that names the thing and the way out. */
export const base = oc.errors({
  NOT_FOUND: { status: 404 },
  INVALID_REQUEST: { status: 400 },
  CONFLICT: { status: 409 },
});
