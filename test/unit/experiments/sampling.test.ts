import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOpenAiRequest } from '../../../electron/engine/dialects/openai/parse-request.ts';
import { ShadowTraffic } from '../../../electron/engine/experiments/shadow-traffic.ts';
import type { ShadowParts } from '../../../electron/engine/experiments/shadow-traffic.ts';
import { EventBus } from '../../../electron/engine/events.ts';
import { parseRegistry } from '../../../electron/engine/registry/load.ts';
import type { Registry } from '../../../electron/engine/registry/types.ts';
import { seededRandom } from '../../../electron/engine/seeded-random.ts';
import type { ShadowState } from '../../../electron/engine/store/types.ts';
import { sampleRequest } from '../../support/store-plain-fixtures.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const START = Date.UTC(2026, 10, 1);

function registryWith(shadow: string): Registry {
  const text = `models:
  kimi: { endpoint: "http://kimi:8000/v1" }
  claude: { provider_class: ClaudeOpusProvider }
experiments: { shadow: { enabled: true, provider: claude, ${shadow} } }
`;
  const result = parseRegistry(text, { environment: { ANTHROPIC_API_KEY: 'k' }, path: null });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.registry;
}

function unused(): never {
  throw new Error('Sampling asks nobody.');
}

function traffic(changes: Partial<ShadowParts> = {}) {
  const saved: ShadowState[] = [];
  const events = new EventBus((error) => {
    throw error;
  });
  const clock = createManualClock(START);
  const shadow = new ShadowTraffic({
    registry: () => registryWith('share: 0.1'),
    provider: unused,
    standing: unused,
    quota: {
      headroom: unused,
      limitsSpending: unused,
      reserve: unused,
      reserveOrWait: unused,
      status: unused,
      inFlight: unused,
    },
    attempt: { clock, computeCost: unused },
    record: unused,
    storage: { addShadowPair: unused, saveShadowState: (state) => void saved.push(state) },
    restored: null,
    standsIn: unused,
    drilled: unused,
    events,
    clock,
    random: seededRandom(1),
    newRequestId: unused,
    onError: unused,
    ...changes,
  });
  return { shadow, saved, events, clock };
}

describe('the sample', () => {
  it('is the share that the registry names, whatever the share and the chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.nat(), (percent, seed) => {
        const registry = registryWith(`share: ${percent / 100}`);
        const { shadow } = traffic({ registry: () => registry, random: seededRandom(seed) });
        const draws = 4000;
        let sampled = 0;
        for (let draw = 0; draw < draws; draw += 1) if (shadow.samples(null)) sampled += 1;
        // Five standard deviations of a binomial count, at its widest.
        expect(Math.abs(sampled / draws - percent / 100)).toBeLessThan(5 * Math.sqrt(0.25 / draws));
        if (percent === 0) expect(sampled).toBe(0);
        if (percent === 100) expect(sampled).toBe(draws);
      }),
      { numRuns: 25 },
    );
  });

  it('is drawn only from the call sites that are named', () => {
    const registry = registryWith('share: 1, call_sites: [chat]');
    const { shadow } = traffic({ registry: () => registry });
    expect([shadow.samples('chat'), shadow.samples('processing'), shadow.samples(null)]).toEqual([true, false, false]);
  });

  it('is empty after the end of the experiment, and while it is paused', () => {
    const registry = registryWith(`share: 1, until: "${new Date(START + 1000).toISOString()}"`);
    const { shadow, clock } = traffic({ registry: () => registry });
    expect(shadow.samples(null)).toBe(true);
    shadow.pause({ operator: 'ada', reason: 'enough', at: START });
    expect(shadow.samples(null)).toBe(false);
    shadow.resume();
    expect(shadow.samples(null)).toBe(true);
    clock.advance(1000);
    expect(shadow.samples(null)).toBe(false);
  });
});

describe('a stop', () => {
  it('empties the sample, and drops what is answered after it', async () => {
    const { shadow, events, clock } = traffic({ registry: () => registryWith('share: 1') });
    const outcomes: string[] = [];
    events.on('shadow_ended', ({ outcome }) => outcomes.push(outcome));
    await shadow.stop();
    expect(shadow.samples(null)).toBe(false);
    const request = parseOpenAiRequest({ model: 'auto', messages: [{ role: 'user', content: 'Hello' }] });
    shadow.offer({
      request,
      bytes: 10,
      effort: null,
      headers: {},
      inputTokens: 1,
      needs: { tools: false, images: false, jsonSchema: false, tokens: 1 },
      record: sampleRequest({ provider: 'kimi' }),
      answer: { text: '', characters: 0, toolCalls: [], finishReason: 'stop' },
    });
    expect(outcomes).toEqual(['switched_off']);
    expect(clock.pending()).toBe(0);
  });
});

describe('an edit of the registry', () => {
  it('begins another experiment with another provider or model, and none with another share', () => {
    let registry = registryWith('share: 0.1');
    const { shadow, saved, events, clock } = traffic({ registry: () => registry });
    const edit = (text: string) => {
      clock.advance(1000);
      registry = registryWith(text);
      events.emit('config_loaded', { version: registry.version });
    };
    edit('share: 0.5');
    expect(shadow.state).toMatchObject({ model: null, since: START });
    shadow.pause({ operator: 'ada', reason: 'enough', at: START });
    edit('share: 0.5, model: claude-haiku-4-5');
    expect(shadow.state).toMatchObject({ model: 'claude-haiku-4-5', since: START + 2000, paused: { operator: 'ada' } });
    expect(saved.at(-1)).toEqual(shadow.state);
  });
});
