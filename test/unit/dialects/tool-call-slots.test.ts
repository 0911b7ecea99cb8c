import { describe, expect, it } from 'vitest';
import { createOpenAiBodyCollector } from '../../../electron/engine/dialects/openai/collect-body.ts';
import { createOpenAiStreamReader } from '../../../electron/engine/dialects/openai/stream-reader.ts';
import type { JsonObject } from '../../../electron/engine/dialects/types.ts';

interface Piece {
  index?: number;
  id?: string;
  name?: string;
  json: string;
}

interface Answered {
  message: { tool_calls: { function: { name: string; arguments: string } }[] };
}

const chunkOf = (pieces: readonly Piece[]): JsonObject => ({
  id: 'up',
  model: 'm',
  choices: [
    {
      index: 0,
      delta: {
        tool_calls: pieces.map(({ index, id, name, json }) => ({
          ...(index !== undefined && { index }),
          ...(id !== undefined && { id }),
          type: 'function',
          function: { ...(name !== undefined && { name }), arguments: json },
        })),
      },
    },
  ],
});

/** The calls as both readers of a stream understand them: `name(arguments)`. */
function callsOf(chunks: readonly Piece[][]): { streamed: string[]; whole: string[] } {
  const reader = createOpenAiStreamReader({ reasoningOnTop: false });
  const collector = createOpenAiBodyCollector({});
  const streamed = new Map<number, string>();
  for (const chunk of chunks.map(chunkOf)) {
    collector.add(chunk);
    for (const event of reader.read(chunk)) {
      if (event.type === 'tool_call_start') streamed.set(event.index, `${event.name} `);
      if (event.type === 'tool_call_arguments')
        streamed.set(event.index, (streamed.get(event.index) ?? '') + event.json);
    }
  }
  const [choice] = collector.body()['choices'] as unknown as Answered[];
  const whole = (choice?.message.tool_calls ?? []).map(({ function: called }) => `${called.name} ${called.arguments}`);
  return { streamed: [...streamed.values()], whole };
}

const A = { id: 'a', name: 'f' };
const B = { id: 'b', name: 'g' };

describe('parallel tool calls in a stream', () => {
  it.each<[string, Piece[][]]>([
    [
      'with numbers',
      [[{ index: 0, ...A, json: '{"x"' }], [{ index: 0, json: ':1}' }], [{ index: 1, ...B, json: '{}' }]],
    ],
    [
      'all with the number 0',
      [[{ index: 0, ...A, json: '{"x"' }], [{ index: 0, json: ':1}' }], [{ index: 0, ...B, json: '{}' }]],
    ],
    ['without numbers, each whole', [[{ ...A, json: '{"x":1}' }], [{ ...B, json: '{}' }]]],
    [
      'without numbers, in one chunk',
      [
        [
          { ...A, json: '{"x":1}' },
          { ...B, json: '{}' },
        ],
      ],
    ],
    [
      'without numbers, in pieces',
      [[{ ...A, json: '{"x"' }], [{ json: ':1}' }], [{ ...B, json: '{' }], [{ json: '}' }]],
    ],
    [
      'with a new id for every piece',
      [[{ index: 0, ...A, json: '{"x"' }], [{ index: 0, id: 'z', json: ':1}' }], [{ index: 1, ...B, json: '{}' }]],
    ],
    [
      'with their names said again',
      [[{ index: 0, ...A, json: '{"x"' }], [{ index: 0, ...A, json: ':1}' }], [{ index: 1, ...B, json: '{}' }]],
    ],
  ])('are told apart: %s', (_, chunks) => {
    const calls = ['f {"x":1}', 'g {}'];
    expect(callsOf(chunks)).toEqual({ streamed: calls, whole: calls });
  });
});
