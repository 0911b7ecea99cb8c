import { describe, expect, it } from 'vitest';
import { parseRegistry } from '../../../electron/engine/registry/load.ts';
import type { Environment } from '../../../electron/engine/registry/types.ts';

const KIMI = `
models:
  kimi:
    provider_class: KimiK2SelfHostedProvider
    provider_kwargs: { endpoint: http://kimi:8000/v1 }
`;

function read(text: string, environment: Environment = {}) {
  const result = parseRegistry(text, { environment, path: null });
  return result.ok
    ? { addresses: result.registry.providers.map(({ baseUrl }) => baseUrl), words: result.warnings, text: '' }
    : { addresses: [], words: result.problems, text: JSON.stringify(result.problems) };
}

describe('a base URL from the environment', () => {
  it.each(['KIMI_K2_ENDPOINT', 'OPENAI_BASE_URL', 'ANTHROPIC_BASE_URL'])(
    '%s keeps no user name, password, query or fragment, which every screen would show',
    (name) => {
      const environment = {
        [name]: 'http://user:pass-word@host:8000/v1?key=query-secret#part',
        OPENAI_API_KEY: 'k',
        ANTHROPIC_API_KEY: 'k',
      };
      const { addresses, words } = read(KIMI, environment);
      expect(addresses.filter((address) => address.startsWith('http://host:8000'))).toHaveLength(1);
      expect(JSON.stringify({ addresses, words })).not.toMatch(/user|pass-word|query-secret/);
      expect(words.map(({ message }) => message)).toContain(
        `${name} in the environment holds more than scheme, host, port and path; the rest is left out`,
      );
    },
  );

  it('that is a file is none', () => {
    const { addresses, words } = read(KIMI, { KIMI_K2_ENDPOINT: 'file:///etc/passwd' });
    expect(addresses).toEqual(['http://kimi:8000/v1']);
    expect(words.map(({ message }) => message)).toContain(
      'KIMI_K2_ENDPOINT in the environment is not an http:// or https:// URL and is ignored',
    );
  });
});

it('an endpoint with a query is refused without repeating it', () => {
  const { words, text } = read(`${KIMI}  other:\n    adapter: vllm\n    endpoint: http://x/v1?api_key=query-secret\n`);
  expect(words).toMatchObject([{ path: 'models.other.endpoint', line: 8 }]);
  expect(text).toContain('without a query');
  expect(text).not.toContain('query-secret');
});

it.each([
  ['models', `${KIMI}  __proto__:\n    adapter: vllm\n`, 6],
  ['call sites', `${KIMI}policy:\n  call_sites:\n    __proto__: { model: auto }\n`, 8],
])('"__proto__" among the %s is refused where it stands', (_where, text, line) => {
  expect(read(text).words).toMatchObject([{ line, message: expect.stringContaining('"__proto__" cannot be a key') }]);
});
