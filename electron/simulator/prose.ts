import { createRandom, hashText, pick, type Random } from './random.ts';

/** Ways to open, to go on and to close; `{subject}` and `{other}` are words from the prompt, `{n}`, `{p}` and `{m}` figures. */
interface Topic {
  words: RegExp;
  opening: readonly string[];
  body: readonly string[];
  closing: readonly string[];
}

const GENERAL: Topic = {
  words: /./,
  opening: [
    'The short answer on {subject} is that it depends on two things, and both can be checked today.',
    'There are two sensible ways to go about {subject}, and one of them is cheaper.',
    'I would begin with {subject}, because the rest follows from it.',
  ],
  body: [
    'Write down what {subject} has to do before choosing how; most of the disagreement goes away at that point.',
    'A small trial with {n} cases tells you more than another week of discussion.',
    'The part about {other} is the risky one, so give it an owner and a date.',
    'Compare the result with what you had before: if it is not at least {p} % better, keep the old way.',
    'People who use it every day will notice {other} first, so ask three of them.',
    'Keep the change reversible for {m} days; after that the old path can go.',
    'What you measure should be visible on one page, with the target drawn as a line.',
  ],
  closing: [
    'If that fits, I can turn it into a plan.',
    'Tell me which of the two you prefer and I will go into detail.',
  ],
};

const TOPICS: readonly Topic[] = [
  {
    words: /customer|ticket|refund|reply|draft|email|apolog|complain/i,
    opening: [
      'Thank you for writing, and sorry for the trouble with {subject}.',
      'Hello, and thank you for your patience while we looked into {subject}.',
    ],
    body: [
      'We found that {other} was recorded twice, and have corrected it on your account.',
      'You should see the change within {m} minutes; there is nothing you need to do.',
      'To make up for the delay we have added {p} % to your allowance for this month.',
      'If {subject} happens again, reply to this message and it will reach the same colleague.',
      'Our records show {n} earlier orders without any problem, so we treated this as an exception.',
    ],
    closing: ['Kind regards from the support team.', 'Please let us know whether this solves it for you.'],
  },
  {
    words: /summar|notes|meeting|transcript|report|tl;?dr/i,
    opening: [
      'Three points matter here, and {subject} is the first.',
      'In one sentence: {subject} is on track and {other} is not.',
    ],
    body: [
      'The group agreed to move {subject} forward by {m} days and to leave the scope as it is.',
      '{n} open questions remain, most of them about {other}.',
      'Spending stands at {p} % of the plan, with the larger part still to come.',
      'Nobody objected to the change of owner; the handover is due this week.',
      'The risk that was named twice is the dependency on {other}, which has no fallback yet.',
    ],
    closing: ['Decision needed: who signs off the date.', 'Everything else was for information.'],
  },
  {
    words: /incident|outage|down|alert|pager|on.?call|crash|unreachable|postmortem|root cause/i,
    opening: [
      'The timeline points at {subject}: the first errors come {m} minutes before anything else moves.',
      'What stands out is that {subject} failed first and {other} only followed.',
      'I read this as one fault with two symptoms, and {subject} is where it started.',
    ],
    body: [
      'The queue grew to {n} waiting requests, then the process stopped answering its health check.',
      'Traffic moved to the fallback within {m} seconds, so callers saw slower answers rather than errors.',
      'About {p} % of the requests in that window were retried once, and nearly all of the retries succeeded.',
      'The logs for {other} show memory pressure shortly before the restart, which fits an allocation that was never freed.',
      'Before the next release, cap the batch size and alert when the queue holds more than {n} requests for {m} minutes.',
      'I would not blame the network: connections were accepted the whole time and only the first token was late.',
      'A restart brings {subject} back, but the cache is cold, so let traffic return in steps.',
    ],
    closing: [
      'Next step: confirm this with the memory graph of the host and close the incident with that finding.',
      'I would keep the incident open until {subject} has served a full hour without a retry.',
    ],
  },
  {
    words: /latency|slow|p95|p99|throughput|performance|queue|timeout|token/i,
    opening: [
      'Most of the time goes into waiting, not into work: {subject} spends {p} % of it in the queue.',
      'The p95 for {subject} moved while the median stayed, so this is load and not a slower model.',
    ],
    body: [
      'With {n} requests in the batch each step takes longer, and everyone in the batch pays for it.',
      'Long prompts about {other} hold the server for their whole prefill; splitting them would free the others.',
      'Raising the limit on concurrency would lengthen the tail further. Lowering it to {n} shortens it at the price of a short queue.',
      'The prefix cache helps only where the first part of the prompt repeats, which is true for {p} % of these calls.',
      'Set the first-token limit at {m} seconds: beyond that a caller is better served elsewhere.',
      'Compare the same hour of last week before you change anything; the wave after lunch is normal.',
    ],
    closing: [
      'I would change one thing, the concurrency, and look again after {m} minutes.',
      'If you send the histogram, I can say which part of the tail is the queue.',
    ],
  },
  {
    words: /cost|budget|spend|price|invoice|usd|bill/i,
    opening: [
      'The bill is driven by output tokens: {subject} makes up {p} % of it.',
      'Nothing unusual in the total, but {subject} grew faster than the traffic did.',
    ],
    body: [
      'Each hour on the fallback costs about as much as {n} hours of ordinary traffic.',
      'The agents that handle {other} send the same context every time; caching that prefix would save roughly {p} %.',
      'A daily limit is reached at about {m} minutes past the hour at the present rate, which leaves little room for a second incident.',
      'Short answers for classification would halve the output without a loss that anyone would notice.',
      'Requests without a known price are counted apart, so treat the total as a lower bound.',
    ],
    closing: [
      'I would start with the prefix cache, since it needs no change for the callers.',
      'Set an alert at {p} % of the daily budget and review it next week.',
    ],
  },
  {
    words: /code|function|typescript|python|sql|query|bug|stack trace|regex|refactor|test/i,
    opening: [
      'The failure is in how {subject} handles the empty case.',
      'The shape is right; what breaks it is that {subject} runs before {other} is ready.',
    ],
    body: [
      'Move the check to the edge, so that everything behind it can rely on the value being there.',
      'A table of {n} inputs with their expected outputs would have caught this, and takes {m} minutes to write.',
      'Pass the clock in rather than reading it; then the test can decide what time it is.',
      'The loop reads {other} once per row. Read it once before the loop and the query count drops by {p} %.',
      'Return the error to the caller instead of logging it, because only the caller knows whether it matters.',
      'Name the index after the query it serves, so that nobody drops it by accident.',
    ],
    closing: [
      'With that, the function fits on one screen.',
      'Run it against the failing case first; it should turn green without further changes.',
    ],
  },
];

const MANNER: Record<string, readonly string[]> = {
  vllm: ['', 'Looked at step by step: ', 'In brief: '],
  anthropic: ['Here is how I would read this. ', 'Let me take this in order. ', ''],
  openai: ['Sure. ', 'Certainly. ', ''],
  moonshot: ['', 'To the point: '],
  xai: ['Straight answer: ', 'No hedging: ', ''],
};

const COMMON = new Set(
  'answer team does returns traffic goes says weekly above about after again also and any are before because been being but can could does during each every for from give have help here how into just keep last like make more most need only other over please right same should since some such tell than that the their them then there these they this those through today under until very want was were what when where which while who why will with without would write your you our one two three'.split(
    ' ',
  ),
);

/** What the question is about: its noun phrases where it has any ("the checkout service"), else its longer words. */
function subjectsOf(question: string): string[] {
  const text = question.toLowerCase();
  const phrases = [...text.matchAll(/\b(?:the|a|an|this|our|my) ([a-z-]{3,14})(?: ([a-z-]{4,14}))?\b/g)]
    .map(([, first = '', second = '']) => [first, second].filter((word) => word !== '' && !COMMON.has(word)).join(' '))
    .filter((phrase) => phrase !== '');
  if (phrases.length > 0) return [...new Set(phrases)];
  const words = (text.match(/\b[a-z][a-z-]{4,13}\b/g) ?? []).filter((word) => !COMMON.has(word));
  return words.length > 0 ? [...new Set(words)] : ['request'];
}

function fill(template: string, words: readonly string[], random: Random): string {
  return template
    .replaceAll('{subject}', () => `the ${words[0] ?? 'request'}`)
    .replaceAll('{other}', () => `the ${pick(random, words)}`)
    .replaceAll('{n}', () => String(4 + Math.floor(random() * 40)))
    .replaceAll('{p}', () => String(5 + Math.floor(random() * 60)))
    .replaceAll('{m}', () => String(3 + Math.floor(random() * 25)));
}

function sentence(template: string, words: readonly string[], random: Random): string {
  const text = fill(template, words, random);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Endless sentences on the question's subject, the same for the same prompt and manner. */
function* sentences(prompt: string, manner: string, question: string): Generator<string> {
  const random = createRandom(hashText(`${manner}\n${prompt}`));
  const topic = TOPICS.find((candidate) => candidate.words.test(question)) ?? GENERAL;
  const words = subjectsOf(question);
  // A subject that the seed picks, so that two prompts from one template do not read alike.
  const turned = [pick(random, words), ...words];
  yield pick(random, MANNER[manner] ?? ['']) + sentence(pick(random, topic.opening), turned, random);
  for (;;) {
    const order = [...topic.body].sort(() => random() - 0.5);
    for (const template of order) yield sentence(template, turned, random);
    yield sentence(pick(random, topic.closing), turned, random);
  }
}

/**
 * Plausible prose of so many sentences: the same for the same prompt and manner (a vendor's name). Its subject is taken
 * from `question`, the part of the prompt that asks.
 */
export function writeProse(prompt: string, manner: string, count: number, question = prompt): string {
  const parts: string[] = [];
  for (const text of sentences(prompt, manner, question)) {
    if (parts.push(text) >= count) break;
  }
  return parts.join(' ');
}

/** What a thinking model mutters before it answers. */
export function writeThinking(prompt: string, question = prompt): string {
  const random = createRandom(hashText(`thinking\n${prompt}`));
  const words = subjectsOf(question);
  const subject = pick(random, words);
  const lines = [
    `The question turns on the ${subject}.`,
    `First check what is known about the ${pick(random, words)}, then what follows from it.`,
    `There are ${2 + Math.floor(random() * 3)} explanations; the simplest one fits the facts.`,
    'The answer should be short and name the next step.',
  ];
  return lines.slice(0, 2 + Math.floor(random() * 3)).join(' ');
}
