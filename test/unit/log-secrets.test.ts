import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../electron/engine/log.ts';
import type { LogFields } from '../../electron/engine/log.ts';
import { secretsOf } from '../../electron/engine/log-secrets.ts';

const NAMES = [
  'ANTHROPIC_API_KEY',
  'KIMI_API_KEY',
  'SLACK_WEBHOOK_URL',
  'PAGERDUTY_ROUTING_KEY',
  'SWITCHYARD_CONSOLE_TOKEN',
  'SWITCHYARD_GATEWAY_KEYS',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'NAMED_BY_THE_REGISTRY',
];
const FIELDS = [
  'reason',
  'provider',
  'model',
  'call_site',
  'operator',
  'code',
  'path',
  'limit',
  'url',
  'error',
] as const;

/** Of the characters that keys are made of, and of some that have to be escaped in JSON or mean something in a pattern. */
const secret = fc.string({
  minLength: 6,
  maxLength: 60,
  unit: fc.constantFrom(...'abcdefXYZ0123456789-_.+/$^*()[]"\\&'.split('')),
});

function write(environment: Record<string, string>, fields: LogFields): string {
  const secrets = secretsOf(environment, ['NAMED_BY_THE_REGISTRY']);
  let line = '';
  createLogger({
    level: 'debug',
    clock: { now: () => 0 },
    write: (written) => (line = written),
    secrets: () => secrets,
  }).info('event', fields);
  return line;
}

describe('the log', () => {
  it('never holds a secret of the environment, whichever field quotes it and whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...NAMES),
        secret,
        fc.constantFrom(...FIELDS),
        fc.string(),
        fc.string(),
        (name, value, field, before, after) => {
          const text = `${before} ${value} ${after}`;
          const line = write({ [name]: value }, { [field]: field === 'error' ? new Error(text) : text });
          const logged = Object.entries(JSON.parse(line) as Record<string, string>)
            .filter(([key]) => key === field)
            .map(([, shown]) => shown);
          expect(logged.join('')).not.toContain(value);
        },
      ),
    );
  });

  it.each([
    ['one of several keys', { SWITCHYARD_GATEWAY_KEYS: 'first-key-1,second-key-2' }, 'second-key-2'],
    ['the value of a header', { OTEL_EXPORTER_OTLP_HEADERS: 'x-team=a,x-auth=abc%20def' }, 'abc def'],
    ['the password of an address', { DATABASE_URL: 'postgres://me:hunter2-and-on@db/x' }, 'hunter2-and-on'],
    ['a key that holds another', { A_KEY: 'abcdef', B_KEY: 'abcdef-longer' }, 'longer'],
  ])('hides %s', (_, environment, hidden) => {
    const quoted = Object.values(environment).toReversed().join(' and ');
    expect(write(environment, { reason: `refused; had ${decodeURIComponent(quoted)}` })).not.toContain(hidden);
  });

  it('leaves ordinary words alone', () => {
    const environment = { SHORT_KEY: 'abc', EDITOR: 'a word', ANTHROPIC_API_KEY: '' };
    expect(secretsOf(environment)).toEqual([]);
    expect(write(environment, { reason: 'abc is a word' })).toContain('abc is a word');
  });
});
