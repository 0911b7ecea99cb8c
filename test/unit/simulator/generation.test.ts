import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planAnswer, readDirectives } from '../../../electron/simulator/answer-plan.ts';
import { instanceOf } from '../../../electron/simulator/json-instance.ts';
import { objectOf } from '../../../electron/simulator/json.ts';
import { createRandom, exponential, logNormal } from '../../../electron/simulator/random.ts';
import type { SimulatedRequest, ToolOffer, Turn } from '../../../electron/simulator/simulated-request.ts';
import { countTokens, PrefixCache, splitTokens } from '../../../electron/simulator/tokens.ts';

function turn(role: Turn['role'], text: string): Turn {
  return { role, text, cacheMark: false };
}

function request(text: string, overrides: Partial<SimulatedRequest> = {}): SimulatedRequest {
  return {
    model: 'm',
    turns: [turn('user', text)],
    tools: [],
    toolChoice: 'auto',
    schema: null,
    maxTokens: null,
    stop: [],
    streamed: false,
    includeUsage: false,
    thinking: false,
    continuesLastTurn: false,
    ...overrides,
  };
}

function textOfPlan(plan: ReturnType<typeof planAnswer>): string {
  return plan.pieces.map((piece) => (piece.type === 'text' ? piece.text : '')).join('');
}

describe('tokens', () => {
  it('are the text again when joined', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => splitTokens(text).join('') === text));
  });

  it('of a repeated prefix are counted as cached, block by block', () => {
    const cache = new PrefixCache({ minimumTokens: 4, blockTokens: 4 });
    const words = Array.from({ length: 10 }, (_, index) => `w${index}`);
    expect(cache.visit(words)).toBe(0);
    expect(cache.visit(words)).toBe(8);
    expect(cache.visit([...words.slice(0, 5), 'other', 'words', 'here'])).toBe(4);
    expect(cache.visit(['other', ...words])).toBe(0);
  });

  it('of the longest unused prefix are forgotten first', () => {
    const cache = new PrefixCache({ minimumTokens: 1, blockTokens: 1 }, 2);
    cache.visit(['old']);
    cache.visit(['newer']);
    cache.visit(['newest']);
    expect(cache.visit(['newest'])).toBe(1);
    expect(cache.visit(['old'])).toBe(0);
  });
});

describe('random numbers', () => {
  it('have the wanted median and 95th percentile', () => {
    const random = createRandom(7);
    const sorted = Array.from({ length: 20_000 }, () => logNormal(random, 400, 1200)).sort((a, b) => a - b);
    expect(sorted[10_000]).toBeGreaterThan(380);
    expect(sorted[10_000]).toBeLessThan(420);
    expect(sorted[19_000]).toBeGreaterThan(1100);
    expect(sorted[19_000]).toBeLessThan(1300);
  });

  it('give gaps with the wanted mean', () => {
    const random = createRandom(7);
    const mean =
      Array.from({ length: 20_000 }, () => exponential(random, 250)).reduce((sum, gap) => sum + gap, 0) / 20_000;
    expect(mean).toBeGreaterThan(240);
    expect(mean).toBeLessThan(260);
  });
});

describe('an answer', () => {
  it('is the same for the same prompt and differs between vendors', () => {
    const prompt = request('Why did the gateway fall back to Claude during the incident last night?');
    expect(planAnswer(prompt, 'vllm')).toEqual(planAnswer(prompt, 'vllm'));
    expect(textOfPlan(planAnswer(prompt, 'vllm'))).not.toBe(textOfPlan(planAnswer(prompt, 'anthropic')));
    expect(textOfPlan(planAnswer(prompt, 'vllm'))).not.toContain('{');
  });

  it('has exactly the tokens asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.constantFrom('vllm', 'anthropic', 'xai'), (tokens, manner) => {
        const plan = planAnswer(request(`Tell me about queues. [[tokens:${tokens}]]`), manner);
        expect(plan.pieces).toHaveLength(tokens);
        expect(countTokens(textOfPlan(plan))).toBe(tokens);
      }),
    );
  });

  it('goes on exactly where its beginning ends, at every token', () => {
    const whole = textOfPlan(planAnswer(request('[[count:30]]'), 'vllm'));
    for (let tokens = 1; tokens < 30; tokens += 1) {
      const prefix = splitTokens(whole).slice(0, tokens).join('');
      const continued = request('', {
        turns: [turn('user', '[[count:30]]'), turn('assistant', prefix)],
        continuesLastTurn: true,
      });
      expect(prefix + textOfPlan(planAnswer(continued, 'anthropic'))).toBe(whole);
      const prompted = request('', {
        turns: [...continued.turns, turn('user', 'Continue exactly where your answer broke off.')],
      });
      expect(prefix + textOfPlan(planAnswer(prompted, 'openai'))).toBe(whole);
    }
  });

  it('keeps its length when it goes on from another writer’s beginning', () => {
    const begun = splitTokens(textOfPlan(planAnswer(request('Say something. [[tokens:60]]'), 'vllm')))
      .slice(0, 40)
      .join('');
    const plan = planAnswer(
      request('', {
        turns: [turn('user', 'Say something. [[tokens:60]]'), turn('assistant', begun)],
        continuesLastTurn: true,
      }),
      'anthropic',
    );
    expect(plan.pieces).toHaveLength(20);
  });

  it('ends at max_tokens and at stop sequences, and says which', () => {
    expect(planAnswer(request('[[count:9]]', { maxTokens: 4 }), 'vllm')).toMatchObject({
      finish: 'length',
      stopSequence: null,
    });
    const stopped = planAnswer(request('[[count:9]]', { stop: ['7', ' 5'] }), 'vllm');
    expect(textOfPlan(stopped)).toBe('1 2 3 4');
    expect(stopped).toMatchObject({ finish: 'stop_sequence', stopSequence: ' 5' });
  });

  it('thinks first where asked, but not when it continues', () => {
    expect(planAnswer(request('Why?', { thinking: true }), 'vllm').pieces[0]?.type).toBe('thinking');
    const continued = {
      turns: [turn('user', 'Why?'), turn('assistant', 'Because')],
      continuesLastTurn: true,
      thinking: true,
    };
    expect(planAnswer(request('', continued), 'vllm').pieces.some((piece) => piece.type === 'thinking')).toBe(false);
  });

  const tools: ToolOffer[] = [
    { name: 'get_weather', schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } },
    { name: 'page_oncall', schema: { type: 'object', properties: {} } },
  ];
  const toolCases: [string, Partial<SimulatedRequest> & { text: string }, string[]][] = [
    ['none unless asked', { text: 'Hello there' }, []],
    ['the first by directive', { text: '[[tool]]' }, ['get_weather']],
    ['the one named by directive', { text: '[[tool:page_oncall]]' }, ['page_oncall']],
    ['the one the prompt mentions', { text: 'Please get weather for Oslo' }, ['get_weather']],
    ['several by directive', { text: '[[tools:2]]' }, ['get_weather', 'page_oncall']],
    ['the required one', { text: 'Hi', toolChoice: 'required' }, ['get_weather']],
    ['the chosen one', { text: 'Hi', toolChoice: { name: 'page_oncall' } }, ['page_oncall']],
    ['none when forbidden', { text: '[[tool]]', toolChoice: 'none' }, []],
  ];
  it.each(toolCases)('calls %s', (_, { text, ...rest }, expected) => {
    const plan = planAnswer(request(text, { tools, ...rest }), 'vllm');
    const calls = new Map(plan.pieces.flatMap((piece) => (piece.type === 'tool' ? [[piece.call, piece.name]] : [])));
    expect([...calls.values()]).toEqual(expected);
    expect(plan.finish).toBe(expected.length > 0 ? 'tool_calls' : 'stop');
  });

  it('speaks in words once the tool has answered', () => {
    const turns = [turn('user', '[[tool]]'), turn('assistant', '(called)'), turn('tool', '12 degrees')];
    expect(planAnswer(request('', { tools, turns }), 'vllm').finish).toBe('stop');
  });
});

it('reads directives, the later ones winning', () => {
  expect(readDirectives('[[tokens:5]] [[tokens:7]] [[echo:a [b] c]] [[tool:x]]')).toEqual({
    tokens: 7,
    count: null,
    echo: 'a [b] c',
    toolName: 'x',
    toolCalls: 1,
  });
});

describe('an instance of a JSON Schema', () => {
  it('keeps to types, bounds, enums and required properties', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const value = objectOf(
          instanceOf(
            {
              type: 'object',
              required: ['severity', 'count', 'share', 'tags', 'owner', 'parent'],
              properties: {
                severity: { enum: ['low', 'high'] },
                count: { type: 'integer', minimum: 3, maximum: 5 },
                share: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
                tags: { type: 'array', items: { type: 'string', maxLength: 6 }, minItems: 2, maxItems: 2 },
                owner: { $ref: '#/$defs/person' },
                parent: { anyOf: [{ type: 'null' }, { type: 'string' }] },
              },
              $defs: { person: { type: 'object', properties: { email: { type: 'string', format: 'email' } } } },
            },
            createRandom(seed),
          ),
        );
        expect(['low', 'high']).toContain(value.severity);
        expect([3, 4, 5]).toContain(value.count);
        expect(value.share).toBeGreaterThan(0);
        expect(value.share).toBeLessThanOrEqual(1);
        expect(value.tags).toHaveLength(2);
        expect(objectOf(value.owner).email).toContain('@');
        expect(value.parent).toBeNull();
      }),
    );
  });

  it('ends for a schema that contains itself', () => {
    const node = { type: 'object', properties: { children: { type: 'array', items: { $ref: '#/$defs/node' } } } };
    expect(() => instanceOf({ $ref: '#/$defs/node', $defs: { node } }, createRandom(1))).not.toThrow();
  });
});
