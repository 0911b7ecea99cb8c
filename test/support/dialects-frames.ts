import type { JsonObject } from '../../electron/engine/dialects/types.ts';

export interface Frame {
  event: string | null;
  /** Null for OpenAI's `[DONE]`. */
  data: JsonObject | null;
}

/** Splits SSE text into frames; comments are left out. */
export function framesOf(text: string): Frame[] {
  return text
    .split('\n\n')
    .filter((block) => block !== '' && !block.startsWith(':'))
    .map((block) => {
      const lines = block.split('\n');
      const event = lines.find((line) => line.startsWith('event: '))?.slice(7) ?? null;
      const data = lines.find((line) => line.startsWith('data: '))?.slice(6) ?? '';
      return { event, data: data === '[DONE]' ? null : (JSON.parse(data) as JsonObject) };
    });
}
