import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SHADOW_CALL_SITE } from '../../shared/domain/experiments.ts';
import type { Clock } from '../engine/clock.ts';
import { savingsBy } from '../engine/cost/accounting.ts';
import type { Registry } from '../engine/registry/types.ts';
import { openStore } from '../engine/store/open-store.ts';
import { demoHistory } from '../simulator/history.ts';

/** Rows a commit takes, so that the process stays responsive to signals in between. */
const BATCH = 1000;
/** Longer than the history, so that none of it is deleted on the way in. */
const RETENTION_DAYS = 30;

/**
 * Fills a fresh data directory with the demo's past week, so that every view has something to show from the first
 * second; `registry` is the demo's own, for what was saved. A directory that holds a database already is left as it is. Throws as `openStore` does.
 */
export async function writeDemoHistory(
  directory: string,
  workerUrl: URL,
  clock: Clock,
  registry: Registry,
): Promise<void> {
  if (existsSync(join(directory, 'switchyard.db'))) return;
  const errors: unknown[] = [];
  const { writer, reader } = await openStore({
    directory,
    clock,
    retentionDays: RETENTION_DAYS,
    workerUrl,
    savings: savingsBy(() => registry),
    onError: (error) => errors.push(error),
  });
  try {
    const history = demoHistory(clock.now());
    const { copies, pairs, since, today } = history.shadows;
    const requests = [...history.requests, ...copies];
    for (let start = 0; start < requests.length; start += BATCH) {
      await Promise.all(requests.slice(start, start + BATCH).map((request) => writer.record(request)));
    }
    for (const transition of history.transitions) writer.addHealthTransition(transition);
    for (const event of history.fallbackEvents) writer.addFallbackEvent(event);
    for (const episode of history.episodes) writer.updateEpisode({ ...episode, ...writer.openEpisode(episode) });
    for (const { from, to } of history.alive) writer.markAlive(from, to);
    for (const pair of pairs) writer.addShadowPair(pair);
    const shadow = registry.experiments.shadow;
    if (shadow) writer.saveShadowState({ provider: shadow.provider, model: shadow.model, since, paused: null });
    writer.save([
      {
        scope: 'call_site',
        name: SHADOW_CALL_SITE,
        limit: 'usd_per_day',
        windowStart: today.from,
        used: today.costMicroUsd,
        unpriced: 0,
        softTold: null,
      },
    ]);
  } finally {
    await reader.close();
    await writer.close();
  }
  if (errors.length > 0) throw errors[0];
}
