import { describe, expect, it } from 'vitest';
import { parseRegistry } from '../../../electron/engine/registry/load.ts';
import type { PriceKnown } from '../../../electron/engine/registry/unpriced-budgets.ts';

const MODELS = `models:
  kimi: { endpoint: "http://kimi:8000/v1" }
  claude_opus: { provider_class: ClaudeOpusProvider, model: claude-opus-4-6 }
`;

function parse(shadow: string, more = '', priceKnown?: PriceKnown) {
  return parseRegistry(`${MODELS}experiments:\n  shadow: ${shadow}\n${more}`, {
    environment: { ANTHROPIC_API_KEY: 'k' },
    path: null,
    priceKnown,
  });
}

function shadowOf(shadow: string) {
  const result = parse(shadow);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.registry.experiments.shadow;
}

describe('experiments.shadow in the registry', () => {
  it('has every key', () => {
    const written = `{ enabled: true, provider: claude_opus, model: claude-haiku-4-5, share: 0.25, call_sites: [chat],
      usd_per_day: 2, requests_per_day: 100, max_concurrent: 4, until: "2026-12-01T00:00:00+01:00" }`;
    expect(shadowOf(written)).toEqual({
      enabled: true,
      provider: 'claude_opus',
      model: 'claude-haiku-4-5',
      share: 0.25,
      callSites: ['chat'],
      usdPerDay: 2,
      requestsPerDay: 100,
      maxConcurrent: 4,
      until: Date.UTC(2026, 10, 30, 23),
    });
  });

  it('is off until it is switched on, and small where it says nothing', () => {
    expect(shadowOf('{ provider: claude_opus }')).toEqual({
      enabled: false,
      provider: 'claude_opus',
      model: null,
      share: 0.1,
      callSites: null,
      usdPerDay: 5,
      requestsPerDay: null,
      maxConcurrent: 2,
      until: null,
    });
  });

  it.each(['{}', '{ enabled: true }', '{ enabled: true, share: 0.5 }'])(
    'is none where it names no provider: %s',
    (text) => {
      expect(shadowOf(text)).toBeNull();
    },
  );

  it.each([
    ['{ provider: claude_opuz }', 'experiments.shadow.provider', /did you mean "claude_opus"/],
    ['{ provider: kimi, usd_per_dai: 3 }', 'experiments.shadow.usd_per_dai', /did you mean "usd_per_day"/],
    ['{ provider: kimi, share: 10 }', 'experiments.shadow.share', /must be 0 to 1/],
    ['{ provider: kimi, call_sites: [chatt] }', 'experiments.shadow.call_sites[0]', /did you mean "chat"/],
    ['{ provider: kimi, call_sites: [] }', 'experiments.shadow.call_sites', /must name at least one call site/],
    ['{ provider: kimi, until: tomorrow }', 'experiments.shadow.until', /such as 2026-12-01T00:00:00Z/],
    ['{ provider: kimi, until: 2026-12-01 }', 'experiments.shadow.until', /such as 2026-12-01T00:00:00Z/],
    ['{ provider: kimi, max_concurrent: 0 }', 'experiments.shadow.max_concurrent', /must be 1 or more/],
  ])('%s is refused with key, line and the way out', (text, path, message) => {
    const result = parse(text);
    expect(result).toMatchObject({ ok: false, problems: [{ path, line: 5, message: expect.stringMatching(message) }] });
  });

  it('keeps its name for itself, as its figures are told apart by it', () => {
    const result = parse('{ provider: kimi }', 'policy:\n  call_sites:\n    shadow: { model: auto }\n');
    expect(result).toMatchObject({ ok: false, problems: [{ path: 'policy.call_sites.shadow', line: 8 }] });
  });

  it.each([
    ['it has no provider', '{ enabled: true }', 'experiments.shadow', /names no provider/],
    ['its provider has no key', '{ enabled: true, provider: xai }', 'experiments.shadow.provider', /has no key/],
    [
      'nobody knows the price',
      '{ enabled: true, provider: claude_opus }',
      'experiments.shadow.provider',
      /no price is known for claude-opus-4-6.*set models\.claude_opus\.pricing/,
    ],
  ])('warns that nothing is sent where %s', (_why, text, path, message) => {
    const result = parse(text, '', () => false);
    expect(result.ok && result.warnings).toContainEqual({
      path,
      line: 5,
      message: expect.stringMatching(message),
    });
  });

  it('warns of nothing while it is off', () => {
    const result = parse('{ enabled: false, provider: xai }');
    expect(result.ok && result.warnings.filter(({ path }) => path.startsWith('experiments'))).toEqual([]);
  });
});
