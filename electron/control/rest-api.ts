import { ORPCError } from '@orpc/client';
import { OpenAPIHandler } from '@orpc/openapi/fetch';
import type { ControlPlane } from './control-plane.ts';

export const BODY_TOO_LARGE = 'The body is larger than 1 MB: the console API takes no more.';

/** What failed before any call was reached is a request that cannot be read. */
function unreadable(error: unknown): ORPCError<string, unknown> {
  if (error instanceof ORPCError) return error;
  if (error instanceof Error && error.name === 'BodyLimitError') {
    return new ORPCError('PAYLOAD_TOO_LARGE', { status: 413, message: BODY_TOO_LARGE });
  }
  return new ORPCError('INVALID_REQUEST', {
    status: 400,
    message: 'The request cannot be read: send valid JSON with its content-type.',
  });
}

/** A DELETE without a body is one with an empty object, its query being its fields. */
function withBody(request: Request): Request {
  const hasBody = request.headers.has('content-length') || request.headers.has('transfer-encoding');
  if (request.method !== 'DELETE' || hasBody) return request;
  return new Request(request.url, {
    method: request.method,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(Object.fromEntries(new URL(request.url).searchParams)),
    signal: request.signal,
  });
}

/** The contract as REST under `/api`. Answers null where no call has that path and method. */
export function createRestApi(plane: ControlPlane): (request: Request) => Promise<Response | null> {
  const handler = new OpenAPIHandler(plane.router, {
    ...plane.handlerOptions,
    interceptors: [
      async (options) => {
        try {
          return await options.next();
        } catch (error) {
          throw unreadable(error);
        }
      },
    ],
  });
  return async (request) => {
    const { matched, response } = await handler.handle(withBody(request), { prefix: '/api', context: {} });
    return matched ? response : null;
  };
}
