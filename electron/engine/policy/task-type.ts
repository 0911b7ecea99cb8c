import type { Registry } from '../registry/types.ts';

/** Types that can be told from a text; others exist by a task's intent alone. */
export type DetectedTaskType = 'code' | 'reasoning' | 'writing';

/** Enough of a prompt to tell what it is about. */
const SAMPLE_CHARACTERS = 4_000;

/** Signs of a type of task, each with its weight. Code shows in its form, the others in the verb of the request. */
const SIGNS: Readonly<Record<DetectedTaskType, readonly { pattern: RegExp; weight: number }[]>> = {
  code: [
    { pattern: /```|^\s*(?:def|class|import|function|const|SELECT)\s/m, weight: 2 },
    {
      pattern:
        /\b(?:write|implement|create|build)\b[^.?!\n]{0,60}\b(?:function|class|method|script|program|query|regex|unit tests?)\b/i,
      weight: 2,
    },
    { pattern: /\b(?:refactor|debug|unit tests?|stack trace|compile[rs]?|regex|pull request|codebase)\b/i, weight: 2 },
    {
      pattern: /\b(?:python|typescript|javascript|rust|golang|java|sql|bash|code|function|bug|api endpoint)\b/i,
      weight: 1,
    },
  ],
  reasoning: [
    { pattern: /\b(?:prove|derive|step[- ]by[- ]step|root cause|trade-?offs?|reason through)\b/i, weight: 2 },
    { pattern: /\b(?:analy[sz]e|calculate|compare|decide|evaluate|explain why|plan|solve|why)\b/i, weight: 1 },
  ],
  writing: [
    { pattern: /\b(?:blog post|essay|press release|cover letter|newsletter|short story|poem|proofread)\b/i, weight: 2 },
    { pattern: /\b(?:draft|rewrite|write|e-?mail|letter|article|tone|headline)\b/i, weight: 1 },
  ],
};

/** The type of task that a text shows most signs of; null when it shows none, or as many of two. */
export function detectTaskType(text: string): DetectedTaskType | null {
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  const scores = (Object.keys(SIGNS) as DetectedTaskType[])
    .map((type) => ({
      type,
      score: SIGNS[type].reduce((sum, { pattern, weight }) => sum + (pattern.test(sample) ? weight : 0), 0),
    }))
    .toSorted((left, right) => right.score - left.score);
  const [first, second] = scores;
  if (!first || first.score === 0 || first.score === second?.score) return null;
  return first.type;
}

/** Who is asked first for a type of task: the routing section's list, else entries that are the default for it. */
function providersForTaskType(type: string, registry: Registry): string[] {
  const wanted = type.toLowerCase();
  const configured = Object.entries(registry.routing.taskTypes).find(([name]) => name.toLowerCase() === wanted);
  if (configured) return configured[1];
  return registry.providers
    .filter(({ enabled, usagePolicy: { defaultForTasks } }) => {
      return enabled && defaultForTasks !== 'all' && defaultForTasks.some((name) => name.toLowerCase() === wanted);
    })
    .map(({ name }) => name);
}

/** The type of a request for which the registry prefers somebody: its intent's, else the detected one. */
export function preferredTaskType(
  question: { intent: string | undefined; detected: string | null },
  registry: Registry,
): { type: string; detected: boolean; providers: string[] } | null {
  if (question.intent !== undefined) {
    const providers = providersForTaskType(question.intent, registry);
    if (providers.length > 0) return { type: question.intent, detected: false, providers };
  }
  const { detected } = question;
  const providers = detected === null ? [] : providersForTaskType(detected, registry);
  return detected === null || providers.length === 0 ? null : { type: detected, detected: true, providers };
}
