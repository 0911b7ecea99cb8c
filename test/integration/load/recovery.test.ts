import { afterEach, describe, expect, it } from 'vitest';
import { createRandom } from '../../../electron/simulator/random.ts';
import { eventually } from '../../support/engine-fixture.ts';
import { chat, clientOf, inferences, LoadStage } from '../../support/load-fixtures.ts';

const stage = new LoadStage();
afterEach(() => stage.strike());

const CALLERS = 50;
const KEY = 'key-of-claude';

/** A pair whose primary has died, was left alone, and answers again. */
async function recovered() {
  const kimi = await stage.vllm('kimi');
  const claude = await stage.provider({
    name: 'claude',
    kind: 'anthropic',
    models: [{ id: 'claude-opus-4-20250514', contextWindow: 200_000 }],
    apiKey: KEY,
  });
  const engine = await stage.engine(
    `
models:
  kimi: {endpoint: "${kimi.url}", adapter: vllm, priority: 1, breaker: {open_seconds: 3600, ramp_seconds: 3600}}
  claude: {provider_class: ClaudeOpusProvider, priority: 2}
`,
    { environment: { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: claude.url }, random: createRandom(7) },
  );
  const client = clientOf(engine);
  const breaker = () => engine.api.status().providers.find(({ name }) => name === 'kimi')?.breaker;
  const askAtOnce = async (): Promise<string[]> =>
    await Promise.all(
      Array.from({ length: CALLERS }, async () => {
        const { data, response } = await client.chat.completions.create(chat()).withResponse();
        expect(data.choices[0]?.finish_reason).toBe('stop');
        return response.headers.get('x-switchyard-provider') ?? '';
      }),
    );

  await kimi.crash();
  await askAtOnce();
  await eventually(() => breaker()?.state === 'open');
  await kimi.restart();
  await engine.api.probe('kimi');
  await eventually(() => breaker()?.state === 'half_open');
  return { kimi, claude, client, breaker, askAtOnce, before: inferences(kimi).length };
}

describe('a primary that comes back under load', () => {
  it('sees one request first, while everybody else is served elsewhere', async () => {
    const { kimi, askAtOnce, breaker, before } = await recovered();
    // The trial outlasts the other callers, who all come at once.
    kimi.faults.set([{ kind: 'slow_first_token', delay_ms: 1500, times: 1 }]);
    const answered = await askAtOnce();
    expect(answered.filter((provider) => provider === 'kimi')).toHaveLength(1);
    expect(inferences(kimi)).toHaveLength(before + 1);
    expect(breaker()?.state).toBe('closed');
  });

  it('is then given a share that begins small', async () => {
    const { kimi, askAtOnce, breaker, client, before } = await recovered();
    await client.chat.completions.create(chat());
    expect(breaker()).toMatchObject({ state: 'closed' });
    expect(breaker()?.admitted_share).toBeLessThan(0.2);
    const answered = await askAtOnce();
    const toKimi = answered.filter((provider) => provider === 'kimi').length;
    expect(toKimi).toBeGreaterThan(0);
    expect(toKimi).toBeLessThan(CALLERS / 3);
    expect(inferences(kimi)).toHaveLength(before + 1 + toKimi);
  });

  it('is not spared when nobody else can serve: no caller is turned away for its share', async () => {
    const { claude, askAtOnce, breaker, client } = await recovered();
    await client.chat.completions.create(chat());
    expect(breaker()?.admitted_share).toBeLessThan(0.2);
    await claude.crash();
    expect(await askAtOnce()).toEqual(Array.from({ length: CALLERS }, () => 'kimi'));
  });

  it('is left alone again when the trial fails, and no caller is the worse for it', async () => {
    const { kimi, askAtOnce, breaker, before } = await recovered();
    kimi.faults.set([{ kind: 'overloaded' }]);
    const answered = await askAtOnce();
    expect(answered.every((provider) => provider === 'claude')).toBe(true);
    expect(inferences(kimi)).toHaveLength(before + 1);
    expect(breaker()?.state).toBe('open');
  });
});
