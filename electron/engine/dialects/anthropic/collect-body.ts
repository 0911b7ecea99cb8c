import { inOrder, listIn, replaceFields } from '../body-collector.ts';
import type { BodyCollector } from '../body-collector.ts';
import { numberOf, objectOf, parseJson, textOf } from '../json.ts';
import { MalformedAnswer } from '../malformed-answer.ts';
import type { JsonObject } from '../types.ts';

/** Deltas that are the next piece of their block's text field of the same name, as in @anthropic-ai/sdk 1.11. */
const TEXT_FIELD: Readonly<Record<string, string>> = {
  text_delta: 'text',
  thinking_delta: 'thinking',
  signature_delta: 'signature',
  compaction_delta: 'content',
};

interface BlockDraft {
  block: JsonObject;
  /** The arguments of a tool call so far, as JSON text. */
  json: string;
}

/** Rebuilds a message from the events of its stream. */
export function createAnthropicBodyCollector(): BodyCollector {
  const message: JsonObject = {};
  const usage: JsonObject = {};
  const blocks = new Map<number, BlockDraft>();

  function addDelta({ block, json }: BlockDraft, delta: JsonObject): string {
    const type = textOf(delta['type']) ?? '';
    if (type === 'input_json_delta') return json + (textOf(delta['partial_json']) ?? '');
    const field = TEXT_FIELD[type];
    if (field !== undefined) block[field] = (textOf(block[field]) ?? '') + (textOf(delta[field]) ?? '');
    else if (type === 'citations_delta') listIn(block, 'citations').push(delta['citation'] ?? null);
    return json;
  }

  return {
    add(event) {
      const index = numberOf(event['index']) ?? 0;
      switch (textOf(event['type']) ?? '') {
        case 'message_start':
          Object.assign(message, objectOf(event['message']));
          replaceFields(usage, objectOf(message['usage']) ?? {});
          return;
        case 'content_block_start':
          blocks.set(index, { block: { ...objectOf(event['content_block']) }, json: '' });
          return;
        case 'content_block_delta': {
          const draft = blocks.get(index);
          if (draft) draft.json = addDelta(draft, objectOf(event['delta']) ?? {});
          return;
        }
        case 'message_delta': {
          const { type: _type, delta, usage: cumulative, ...rest } = event;
          replaceFields(message, { ...rest, ...objectOf(delta) });
          replaceFields(usage, objectOf(cumulative) ?? {});
          return;
        }
        default:
      }
    },
    body() {
      const cutShort = textOf(message['stop_reason']) !== 'tool_use';
      return {
        ...message,
        content: inOrder(blocks).map((draft) => wholeBlock(draft, cutShort)),
        ...(Object.keys(usage).length === 0 ? {} : { usage }),
      };
    },
  };
}

/** A call that the output limit cut has no arguments; one that is to be made must have the ones the model meant. */
function wholeBlock({ block, json }: BlockDraft, cutShort: boolean): JsonObject {
  if (json === '') return block;
  const input = parseJson(json);
  if (input === undefined && !cutShort) throw new MalformedAnswer('the arguments of a tool call are not JSON');
  return { ...block, input: input ?? {} };
}
