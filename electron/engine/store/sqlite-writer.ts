import SqliteDatabase from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import type { AuditEntry } from '../../../shared/domain/operations.ts';
import type { Clock } from '../clock.ts';
import { prepareAgentBook } from './agent-book.ts';
import type { QuotaCounter } from '../quota/types.ts';
import { prepareAlertSaves } from './alert-rows.ts';
import { prepareAnnotationInserts } from './annotation-rows.ts';
import { lastAuditId, prepareAuditAppend } from './audit-rows.ts';
import { CommitQueue } from './commit-queue.ts';
import { prepareDeliverySaves } from './delivery-rows.ts';
import { prepareDrillSave } from './drill-rows.ts';
import { prepareEventInserts } from './event-rows.ts';
import { prepareKeySave } from './key-rows.ts';
import { loadCounters, loadRaises, prepareOperationInserts } from './operation-rows.ts';
import { prepareApplyRates } from './price-batches.ts';
import { preparePriceRuns } from './price-runs.ts';
import { prepareRequestInsert } from './request-rows.ts';
import { preparePurgeStep } from './purge-step.ts';
import { startRetention } from './retention.ts';
import { prepareRoutingInsert } from './routing-rows.ts';
import { RollupBatch } from './rollup-rows.ts';
import { NO_SAVINGS } from './rollup.ts';
import type { Savings } from './rollup.ts';
import { prepareShadowSaves } from './shadow-rows.ts';
import type { RecordingWriter } from './types.ts';

interface WriterDependencies {
  clock: Clock;
  retentionDays: number;
  savings?: Partial<Savings>;
  /** Told at most once a minute while the database cannot be written. */
  onError: (error: unknown) => void;
  /** Called when everything is written and the database still open. */
  beforeClose?: () => void;
}

/**
 * The one writer of a database, on the caller's thread. Every call keeps its promise as far as the disk allows: a write
 * that fails for a passing reason waits in memory, in order, and is retried. Ids are given out from memory, so that an
 * event has its id even then.
 */
export function createSqliteWriter(database: Database, dependencies: WriterDependencies): RecordingWriter {
  const { clock, onError } = dependencies;
  const agents = prepareAgentBook(database);
  const rollups = new RollupBatch(database, agents, { ...NO_SAVINGS, ...dependencies.savings });
  const queue = new CommitQueue(createCommitter(database, rollups), clock, onError);
  const insertRequest = prepareRequestInsert(database);
  const events = prepareEventInserts(database);
  const operations = prepareOperationInserts(database);
  const insertRouting = prepareRoutingInsert(database);
  const alerts = prepareAlertSaves(database);
  const deliveries = prepareDeliverySaves(database);
  const saveDrill = prepareDrillSave(database);
  const shadow = prepareShadowSaves(database);
  const saveKeys = prepareKeySave(database);
  const purgeStep = preparePurgeStep(database);
  const retention = startRetention({
    ...dependencies,
    purgeStep: (before, now) => purgeStep(before, now) + agents.foldStep(now),
  });
  const appendAudit = prepareAuditAppend(database);
  const annotations = prepareAnnotationInserts(database);
  const newestCounters = new Map<string, QuotaCounter>();
  const next = {
    transition: countFrom(database, 'health_transitions'),
    fallback: countFrom(database, 'fallback_events'),
    episode: countFrom(database, 'episodes'),
    override: countFrom(database, 'overrides'),
    audit: countOn(lastAuditId(database)),
    raise: countFrom(database, 'limit_raises'),
    drill: countFrom(database, 'drills'),
    shadowPair: countFrom(database, 'shadow_pairs'),
    annotation: countFrom(database, 'annotations'),
    mark: countFrom(database, 'marks'),
    silence: countFrom(database, 'silences'),
    delivery: countFrom(database, 'deliveries'),
  };
  /** Commits a row that needs an id of its own. */
  const add = <Row extends { id: number }>(nextId: () => number, row: Omit<Row, 'id'>, insert: (row: Row) => void) => {
    const complete = { ...row, id: nextId() } as Row;
    queue.commit(() => insert(complete));
    return complete;
  };

  const priceRuns = preparePriceRuns(database, (entry, alongside) => {
    add<AuditEntry>(next.audit, entry, (row) => {
      appendAudit(row);
      alongside();
    });
  });
  const applyRates = prepareApplyRates(database, rollups, priceRuns);

  return {
    record: (request) =>
      queue.enqueue(() => {
        if (insertRequest(request)) rollups.add(request);
      }),
    addHealthTransition: (transition) => add(next.transition, transition, events.transition),
    addFallbackEvent: (event) => add(next.fallback, event, events.fallback),
    openEpisode: (episode) => add(next.episode, episode, events.episode),
    updateEpisode: (episode) => queue.commit(() => events.episode(episode), `episode ${episode.id}`),
    markAlive: (from, to) => queue.commit(() => events.alive(from, to)),
    saveOverride: (override) => add(next.override, override, operations.override),
    endOverride: (id, endedAt, how) => queue.commit(() => operations.endOverride(id, endedAt, how)),
    saveIsolation: (provider, isolation) => queue.commit(() => operations.isolation(provider, isolation)),
    addAudit: (entry, keys = []) =>
      add<AuditEntry>(next.audit, entry, (row) => {
        appendAudit(row);
        saveKeys(keys);
      }),
    saveKnownKeys: (keys) => queue.commit(() => saveKeys(keys)),
    addRoutingVersion: (version) => queue.commit(() => insertRouting(version)),
    applyRates,
    addAnnotation: (annotation) => add(next.annotation, annotation, annotations.annotation),
    addMark: (mark) => add(next.mark, mark, annotations.mark),
    load: () => loadCounters(database),
    save(counters) {
      const names = counters.map(counterName);
      for (const [index, counter] of counters.entries()) newestCounters.set(names[index] ?? '', { ...counter });
      // Writes that wait for the database hold overlapping sets of counters: each writes the newest figure there is then.
      const newest = () => names.flatMap((name) => newestCounters.get(name) ?? []);
      queue.commit(() => operations.counters(newest()), `counters ${names.join(' ')}`);
    },
    loadRaises: () => loadRaises(database),
    saveRaise: (raise) => add(next.raise, raise, operations.raise),
    endRaise: (id, endedAt, how) => queue.commit(() => operations.endRaise(id, endedAt, how)),
    saveAlert: (alert, notified) => queue.commit(() => alerts.alert(alert, notified), `alert ${alert.id}`),
    addSilence: (silence) => add(next.silence, silence, (complete) => alerts.silence(complete)),
    saveSilence: (silence) => queue.commit(() => alerts.silence(silence), `silence ${silence.id}`),
    expireSilence: (ended, entry) =>
      add<AuditEntry>(next.audit, entry, (row) => {
        appendAudit(row);
        alerts.silence(ended);
      }),
    addDelivery: (delivery, notices) => add(next.delivery, delivery, (complete) => deliveries.add(complete, notices)),
    saveDelivery: (delivery) => queue.commit(() => deliveries.save(delivery), `delivery ${delivery.id}`),
    addDrill: (drill) => add(next.drill, drill, saveDrill),
    saveDrill: (drill) => queue.commit(() => saveDrill(drill), `drill ${drill.id}`),
    addShadowPair: (pair) => add(next.shadowPair, pair, (complete) => shadow.pair(complete)),
    saveShadowState: (state) => queue.commit(() => shadow.state(state), 'shadow state'),
    purge: (before) => retention.purge(before),
    unwritten: () => queue.waiting,
    async close() {
      retention.stop();
      queue.close();
      dependencies.beforeClose?.();
      database.close();
    },
  };
}

/** Reasons that no retry mends: the row itself is at fault. */
const LASTING_CODES = /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE|ERROR|MISUSE)/;

function createCommitter(database: Database, rollups: RollupBatch): ConstructorParameters<typeof CommitQueue>[0] {
  const runAll = database.transaction((applies: readonly (() => void)[]) => {
    for (const apply of applies) apply();
    rollups.write();
  });
  return {
    run(applies) {
      try {
        runAll.immediate(applies);
      } finally {
        rollups.clear();
      }
    },
    isPassing: (error) => error instanceof SqliteDatabase.SqliteError && !LASTING_CODES.test(error.code),
  };
}

function countFrom(database: Database, table: string): () => number {
  const row = database.prepare<[], { last: number }>(`SELECT coalesce(max(id), 0) AS last FROM ${table}`).get();
  return countOn(row?.last ?? 0);
}

function countOn(given: number): () => number {
  let last = given;
  return () => (last += 1);
}

function counterName({ scope, name, limit }: QuotaCounter): string {
  return `${scope}/${name}/${limit}`;
}
