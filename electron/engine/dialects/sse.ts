import type { JsonObject } from './types.ts';

/** The frame that ends an OpenAI stream. */
export const DONE_FRAME = 'data: [DONE]\n\n';

/** A comment, which every SSE client ignores: keeps the connection alive. */
export const COMMENT_FRAME = ': keep-alive\n\n';

/** One frame without an event name, as OpenAI sends them. */
export function dataFrame(data: JsonObject): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/** One frame with its event name, as Anthropic sends them. */
export function eventFrame(event: string, data: JsonObject): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
