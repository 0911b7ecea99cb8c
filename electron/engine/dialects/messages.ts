import type { ContentPart, Message } from './types.ts';

/** Joins neighbours of the same role: Anthropic reads them as one turn, and tool results belong to the turn after. */
export function joinTurns(messages: readonly Message[]): Message[] {
  const turns: Message[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    // One by one: a list of a hundred thousand is more than a call takes as arguments.
    if (last?.role === message.role) message.content.forEach((part) => last.content.push(part));
    else turns.push({ role: message.role, content: [...message.content] });
  }
  return turns;
}

/** All text of some parts, one after the other. */
export function plainText(parts: readonly ContentPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
