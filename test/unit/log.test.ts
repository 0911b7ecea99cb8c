import { describe, expect, it } from 'vitest';
import { createLogger, type LogFields, type LogLevel } from '../../electron/engine/log.ts';

const clock = { now: () => Date.UTC(2026, 0, 5, 3, 12, 5, 250) };

function lines(act: (logger: ReturnType<typeof createLogger>) => void, level: LogLevel = 'debug'): string[] {
  const written: string[] = [];
  act(createLogger({ level, write: (line) => written.push(line), clock }));
  return written;
}

function logged(fields: LogFields): Record<string, unknown> {
  const [line = ''] = lines((logger) => logger.info('event', fields));
  return JSON.parse(line) as Record<string, unknown>;
}

describe('the log', () => {
  it('is one JSON object a line, with time, level and event first', () => {
    expect(lines((logger) => logger.warn('breaker_opened', { provider: 'kimi', attempts: 3 }))).toEqual([
      '{"time":"2026-01-05T03:12:05.250Z","level":"warn","event":"breaker_opened","provider":"kimi","attempts":3}\n',
    ]);
  });

  it('leaves out what is below its level', () => {
    const written = lines((logger) => {
      logger.debug('a');
      logger.info('b');
      logger.warn('c');
      logger.error('d');
    }, 'warn');
    expect(written.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['c', 'd']);
  });

  it('stays one line whatever a message holds', () => {
    const [line = ''] = lines((logger) => logger.info('event', { reason: 'two\nlines\u2028and "quotes"' }));
    expect(line.trimEnd()).not.toContain('\n');
  });

  it('holds nothing that a terminal would obey', () => {
    const model = 'm\u001b[2J\u009b2J\u202e\u007f';
    const [line = ''] = lines((logger) => logger.info('event', { model }));
    expect(line).toMatch(/^[\x20-\x7e]+\n$/);
    expect(JSON.parse(line)).toMatchObject({ model });
  });

  it('drops fields that are not on its list, and values that are not small', () => {
    const smuggled = {
      provider: 'kimi',
      body: 'a prompt',
      headers: { authorization: 'x' },
      reason: { deep: 'object' },
    };
    expect(logged(smuggled as unknown as LogFields)).toEqual({
      time: '2026-01-05T03:12:05.250Z',
      level: 'info',
      event: 'event',
      provider: 'kimi',
    });
  });

  it.each([
    ['an Anthropic key', 'refused sk-ant-api03-abcdefgh', 'refused sk-[redacted]'],
    ['an OpenAI key', 'Incorrect API key provided: sk-proj-abc123def.', 'Incorrect API key provided: sk-[redacted].'],
    ['an xAI key', 'bad xai-abcdef123456', 'bad xai-[redacted]'],
    ['a bearer token', 'sent Authorization: Bearer abc.def-ghi', 'sent Authorization: Bearer [redacted]'],
    ['a parameter', 'GET /?token=abcdef123 failed', 'GET /?token=[redacted] failed'],
    ['a Slack webhook', 'https://hooks.slack.com/services/T0/B0/xyz', 'https://hooks.slack.com/services/[redacted]'],
    ['credentials in a URL', 'connect to http://user:pass@host/x', 'connect to http://[redacted]@host/x'],
    ['nothing secret', 'connection refused, 3 probes in a row', 'connection refused, 3 probes in a row'],
  ])('hides %s that an upstream quoted', (_, reason, expected) => {
    expect(logged({ reason })['reason']).toBe(expected);
  });

  it('logs name and message of an error, and neither its stack nor its cause', () => {
    const error = new TypeError('wrong key sk-abcdefghij', { cause: { body: 'a prompt' } });
    expect(logged({ error })['error']).toBe('TypeError: wrong key sk-[redacted]');
    expect(logged({ error: { body: 'a prompt' } })['error']).toBe('something that is not an error was thrown');
  });

  it('logs a URL without credentials and query', () => {
    expect(logged({ url: 'http://me:pw@127.0.0.1:4181/?token=abc#x' })['url']).toBe('http://127.0.0.1:4181/');
    expect(logged({ url: 'rubbish' })['url']).toBe('[not a URL]');
  });

  it('cuts long messages', () => {
    expect(String(logged({ reason: 'x'.repeat(10_000) })['reason'])).toHaveLength(501);
  });
});
