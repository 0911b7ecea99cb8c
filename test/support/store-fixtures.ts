import * as fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../electron/engine/clock.ts';
import { openStore } from '../../electron/engine/store/open-store.ts';
import type { StoreOptions } from '../../electron/engine/store/open-store.ts';
import type { SqliteStore } from '../../electron/engine/store/types.ts';
import type { Attempt, RequestDetail, Usage } from '../../shared/domain/request.ts';
import { createStoreTestClock } from './store-clock.ts';
import { sampleAttempt, sampleDecision, sampleRequest } from './store-plain-fixtures.ts';

export const READER_WORKER_URL = new URL('../../electron/engine/store/reader-worker.ts', import.meta.url);

/** A directory that is removed when the test ends. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'switchyard-store-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A store in a directory of its own, closed when the test ends. Any error it reports fails the test. */
export async function openTestStore(
  options: Partial<StoreOptions> & { clock?: Clock } = {},
): Promise<SqliteStore & { directory: string; close(): Promise<void> }> {
  const directory = options.directory ?? temporaryDirectory();
  const errors: unknown[] = [];
  const store = await openStore({
    clock: createStoreTestClock(),
    retentionDays: 30,
    workerUrl: READER_WORKER_URL,
    onError: (error) => errors.push(error),
    ...options,
    directory,
  });
  let open = true;
  const close = async () => {
    if (!open) return;
    open = false;
    await store.reader.close();
    await store.writer.close();
    if (errors.length > 0) throw new AggregateError(errors, 'the store reported errors');
  };
  onTestFinished(close);
  return { ...store, directory, close };
}

const usageArbitrary: fc.Arbitrary<Usage> = fc.record({
  input_tokens: fc.nat(200_000),
  cache_read_tokens: fc.nat(100_000),
  cache_write_tokens: fc.nat(10_000),
  output_tokens: fc.nat(8000),
  reasoning_tokens: fc.nat(4000),
  estimated: fc.boolean(),
});

const costArbitrary = fc.nat(5_000_000).map((micro) => micro / 1e6);
const providerArbitrary = fc.constantFrom('kimi', 'claude', 'gpt');
const modelArbitrary = fc.constantFrom('kimi-k2', 'claude-haiku', 'gpt-4');

const attemptArbitrary: fc.Arbitrary<Attempt> = fc
  .record({
    provider: providerArbitrary,
    model: modelArbitrary,
    outcome: fc.constantFrom<Attempt['outcome']>('success', 'failure', 'cancelled'),
    usage: usageArbitrary,
    cost_usd: costArbitrary,
    pricing_unknown: fc.boolean(),
    first_token_ms: fc.option(fc.nat(20_000)),
    duration_ms: fc.nat(60_000),
    adjusted: fc.array(fc.string(), { maxLength: 2 }),
    retry: fc.boolean(),
    resume: fc.boolean(),
    message: fc.option(fc.string()),
  })
  .map((values) => sampleAttempt(values));

/** Requests of every kind that start in the given range; ids are unique by their index. */
export function requestsArbitrary(since: number, until: number, maxLength: number): fc.Arbitrary<RequestDetail[]> {
  const request = fc
    .record({
      started_at: fc.integer({ min: since, max: until - 1 }),
      origin: fc.constantFrom<RequestDetail['origin']>('client', 'playground', 'probe', 'shadow'),
      provider: fc.option(providerArbitrary),
      model: fc.option(modelArbitrary),
      tier: fc.option(fc.constantFrom<NonNullable<RequestDetail['tier']>>('fast', 'balanced', 'powerful')),
      call_site: fc.option(fc.constantFrom('chat', 'processing')),
      agent_id: fc.option(fc.constantFrom('triage', 'drafts', 'billing')),
      status: fc.constantFrom<RequestDetail['status']>('success', 'error', 'timeout', 'cancelled', 'refused'),
      usage: usageArbitrary,
      cost_usd: costArbitrary,
      pricing_unknown: fc.boolean(),
      streamed: fc.boolean(),
      resumed: fc.boolean(),
      user: fc.option(fc.string()),
      error_message: fc.option(fc.string()),
      decision: fc.option(fc.constant(sampleDecision)),
      attempt_list: fc.array(attemptArbitrary, { maxLength: 3 }),
    })
    .map((values) => sampleRequest(values));
  return fc.array(request, { maxLength }).map((requests) =>
    requests.map((value, index) => ({
      ...value,
      id: `request-${index}`,
      attempt_list: value.attempt_list.map((attempt, position) => ({ ...attempt, index: position })),
    })),
  );
}
