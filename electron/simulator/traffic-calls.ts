import type { JsonObject } from './json.ts';
import { writeProse } from './prose.ts';
import { createRandom, pick, pickWeighted, type Random } from './random.ts';

/** One call that a client of the gateway makes. */
export interface TrafficCall {
  path: '/v1/chat/completions' | '/v1/messages';
  headers: Record<string, string>;
  body: JsonObject;
  streamed: boolean;
  /** A caller who leaves early does so after this many milliseconds; null stays to the end. */
  leavesAfterMs: number | null;
}

export interface TrafficMix {
  /** Lets a part of the calls speak Anthropic's dialect. */
  anthropicDialect: boolean;
}

const USERS = ['ana', 'bashir', 'chen', 'dara', 'elif', 'femi', 'greta', 'hiro'] as const;
const SUBJECTS = [
  'the checkout service',
  'the invoice export',
  'the search index',
  'the mobile login',
  'the billing queue',
  'the warehouse feed',
  'the onboarding flow',
  'the reporting cluster',
  'the image pipeline',
  'the partner gateway',
] as const;

const CHAT_QUESTIONS = [
  'Why was {s} slow this morning?',
  'Draft a reply to a customer who was charged twice by {s}.',
  'Explain in plain words what {s} does when the primary database is down.',
  'What should I check first when {s} returns timeouts?',
  'Summarise the incident on {s} for the weekly report.',
  'How much would it cost to double the traffic of {s}?',
  'Write a short status update on {s} for the team.',
  'Is it safe to deploy {s} on a Friday? Answer in one sentence.',
] as const;

const FOLLOW_UPS = [
  'And what does that mean for the on-call engineer?',
  'Can you make it shorter?',
  'Which of these would you do first?',
  'What if the queue keeps growing?',
] as const;

const DOCUMENT_TASKS = [
  'Classify this ticket about {s} as low, medium or high, in one word.',
  'Extract the dates and owners from these meeting notes on {s}.',
  'Summarise this report on {s} in three points.',
  'Write a first draft of the postmortem for {s}.',
  'Compare last week’s cost of {s} with the budget and name the outliers.',
] as const;

const AGENTS = ['triage-agent', 'runbook-agent', 'billing-agent', 'release-agent'] as const;

const TOOLS: JsonObject[] = [
  {
    type: 'function',
    function: {
      name: 'query_metrics',
      description: 'Reads a metric over a window of time',
      parameters: {
        type: 'object',
        properties: { metric: { type: 'string' }, window_minutes: { type: 'integer', minimum: 5, maximum: 120 } },
        required: ['metric', 'window_minutes'],
      },
    },
  },
  {
    type: 'function',
    function: {
      name: 'open_ticket',
      description: 'Opens a ticket for a team',
      parameters: { type: 'object', properties: { title: { type: 'string' } }, required: ['title'] },
    },
  },
];

type Maker = (random: Random) => TrafficCall;

/** Who calls the gateway, and how often in relation to the others. */
const CALLERS: readonly { weight: number; make: Maker }[] = [
  { weight: 46, make: chatCall },
  { weight: 22, make: documentCall },
  { weight: 16, make: agentCall },
  { weight: 8, make: (random) => plainCall(random, 'call-site:analysis', DOCUMENT_TASKS) },
  { weight: 3, make: (random) => plainCall(random, 'tier:fast', CHAT_QUESTIONS) },
  { weight: 3, make: (random) => plainCall(random, 'auto', CHAT_QUESTIONS) },
  { weight: 1, make: (random) => plainCall(random, 'grok_preview_api', CHAT_QUESTIONS) },
  { weight: 0.5, make: (random) => plainCall(random, 'claude_opus_api', CHAT_QUESTIONS) },
  { weight: 0.3, make: (random) => plainCall(random, 'gpt4_api', CHAT_QUESTIONS) },
  // Somebody always has a model name from an old configuration.
  { weight: 0.2, make: (random) => plainCall(random, 'text-davinci-003', CHAT_QUESTIONS) },
];

/** The next call, the same for the same numbers drawn. */
export function nextCall(random: Random, mix: TrafficMix): TrafficCall {
  const call = pickWeighted(random, CALLERS).make(random);
  return mix.anthropicDialect && random() < 0.25 ? inAnthropicDialect(call) : call;
}

function ask(random: Random, templates: readonly string[]): string {
  return pick(random, templates).replace('{s}', pick(random, SUBJECTS));
}

function call(model: string, messages: JsonObject[], rest: JsonObject, headers: Record<string, string>): TrafficCall {
  const streamed = rest.stream === true;
  return { path: '/v1/chat/completions', headers, body: { model, messages, ...rest }, streamed, leavesAfterMs: null };
}

/** A person in front of the screen: streamed, often a few turns in, now and then gone before the end. */
function chatCall(random: Random): TrafficCall {
  // A few dozen conversations come back again and again, so that the prefix cache has something to do.
  const conversation = createRandom(Math.floor(random() * 40));
  const messages: JsonObject[] = [
    { role: 'system', content: 'You are the assistant of the operations team. Be exact, and name the next step.' },
    { role: 'user', content: ask(conversation, CHAT_QUESTIONS) },
  ];
  for (let turn = Math.floor(random() * 4); turn > 0; turn -= 1) {
    const earlier = JSON.stringify(messages.at(-1));
    messages.push(
      { role: 'assistant', content: writeProse(earlier, 'vllm', 3) },
      { role: 'user', content: pick(conversation, FOLLOW_UPS) },
    );
  }
  const made = call(
    'call-site:chat',
    messages,
    { stream: true, max_tokens: 400 },
    { 'x-switchyard-user': pick(random, USERS) },
  );
  return random() < 0.04 ? { ...made, leavesAfterMs: 300 + Math.floor(random() * 900) } : made;
}

/** A batch job with a document in its prompt, which waits for the whole answer. */
function documentCall(random: Random): TrafficCall {
  const task = ask(random, DOCUMENT_TASKS);
  const document = writeProse(`${task} ${Math.floor(random() * 1000)}`, 'vllm', 5 + Math.floor(random() ** 3 * 120));
  const rest: JsonObject = { max_tokens: 300 };
  if (random() < 0.2) {
    rest.response_format = {
      type: 'json_schema',
      json_schema: {
        name: 'finding',
        schema: {
          type: 'object',
          properties: { severity: { enum: ['low', 'medium', 'high'] }, summary: { type: 'string' } },
          required: ['severity', 'summary'],
          additionalProperties: false,
        },
      },
    };
  }
  return call('call-site:processing', [{ role: 'user', content: `${task}\n\n${document}` }], rest, {
    'x-switchyard-user': 'batch',
  });
}

/** An agent's step: says how hard it is, brings tools, and sometimes answers with a tool's result. */
function agentCall(random: Random): TrafficCall {
  const agent = pick(random, AGENTS);
  const intent = `Look into ${pick(random, SUBJECTS)}: query metrics and open a ticket if the latency is above target.`;
  const messages: JsonObject[] = [{ role: 'user', content: intent }];
  if (random() < 0.4) {
    messages.push(
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            id: 'call_1',
            type: 'function',
            function: { name: 'query_metrics', arguments: '{"metric":"p95","window_minutes":30}' },
          },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', content: `p95 is ${200 + Math.floor(random() * 1800)} ms` },
    );
  }
  const score = (): number => Math.round((4 + random() * 3) * 10) / 10;
  const task = {
    agent_id: agent,
    intent: 'triage',
    agent_ais: { creation_score: score(), execution_score: score(), combined_score: score() },
    step: {
      prompt_length: intent.length,
      condition_count: 1 + Math.floor(random() * 5),
      context_depth: messages.length,
    },
  };
  return call(
    'auto',
    messages,
    { tools: TOOLS, stream: random() < 0.5, max_tokens: 300 },
    {
      'x-switchyard-task': JSON.stringify(task),
      'x-switchyard-user': agent,
    },
  );
}

function plainCall(random: Random, model: string, templates: readonly string[]): TrafficCall {
  const messages: JsonObject[] = [{ role: 'user', content: ask(random, templates) }];
  return call(
    model,
    messages,
    { stream: random() < 0.5, max_tokens: 300 },
    { 'x-switchyard-user': pick(random, USERS) },
  );
}

/** The same call for `/v1/messages`, where it is plain enough to be said there. */
function inAnthropicDialect(made: TrafficCall): TrafficCall {
  const messages = made.body.messages;
  if (made.body.tools || made.body.response_format || !Array.isArray(messages)) return made;
  const [first] = messages;
  const hasSystem = typeof first === 'object' && first !== null && 'role' in first && first.role === 'system';
  const system: JsonObject = hasSystem && 'content' in first ? { system: first.content ?? '' } : {};
  return {
    ...made,
    path: '/v1/messages',
    headers: { ...made.headers, 'anthropic-version': '2023-06-01' },
    body: { ...made.body, ...system, messages: hasSystem ? messages.slice(1) : messages },
  };
}
