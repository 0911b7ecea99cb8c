import type { IntentQuestion } from '../policy/types.ts';
import type { Needs } from '../router/types.ts';
import type { RecordedRequest } from '../store/types.ts';

/** Characters that a token stands for where only tokens are known. */
const CHARACTERS_PER_TOKEN = 4;

/** The question that a recorded request put to the policy. */
export function questionOf(request: RecordedRequest): IntentQuestion {
  const { asked } = request;
  const named = { model: request.requestedModel, callSite: request.callSite };
  if (asked) {
    return {
      ...named,
      tier: asked.tier,
      task: asked.task,
      promptCharacters: asked.prompt_characters,
      messageCount: asked.message_count,
      detectedTaskType: asked.detected_task_type,
    };
  }
  // Recorded without its question: the tier that was found then stands for the task that led to it.
  return {
    ...named,
    tier: isNamed(request) ? null : request.tier,
    task: request.taskType === null ? null : { intent: request.taskType },
    promptCharacters: request.usage.input_tokens * CHARACTERS_PER_TOKEN,
    messageCount: 1,
    detectedTaskType: null,
  };
}

/** What it needs of whoever serves it. */
export function needsOf({ demand, usage }: RecordedRequest): Needs {
  if (!demand) {
    return { tools: false, images: false, jsonSchema: false, tokens: usage.input_tokens + usage.output_tokens };
  }
  return {
    tools: demand.tools,
    images: demand.images,
    jsonSchema: demand.json_schema,
    onlyIn: demand.only_in ?? null,
    embeddings: demand.embeddings,
    tokens: demand.tokens,
  };
}

function isNamed({ requestedModel }: RecordedRequest): boolean {
  return requestedModel !== '' && requestedModel !== 'auto';
}
