import { expect, it } from 'vitest';
import { createErrorReport } from '../../../electron/host/error-report.ts';

it('a defect is told as one line of JSON, without the secrets that its message and stack quote', () => {
  const written: string[] = [];
  const report = createErrorReport({
    clock: { now: () => Date.UTC(2026, 0, 5, 3, 12, 5, 250) },
    write: (line) => written.push(line),
    secrets: ['token-of-the-console'],
  });
  report('console message', new SyntaxError('"token-of-the-console\\u001b sk-ant-abcdefgh" is not JSON'));
  expect(written).toHaveLength(1);
  const [line = ''] = written;
  expect(line).toMatch(/^\{"time":"2026-01-05T03:12:05.250Z","level":"error","event":"console message",/);
  expect(line).not.toMatch(/token-of-the-console|sk-ant-abcdefgh/);
  expect((JSON.parse(line) as { stack: string }).stack).toContain('error-report.test.ts');
});
