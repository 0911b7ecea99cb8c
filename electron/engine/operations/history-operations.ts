import type { AuditExportQuery, AuditProof, AuditQuery, AuditVerifyQuery } from '../../../shared/domain/operations.ts';
import type { PriceApplication, Rates } from '../../../shared/domain/pricing.ts';
import type { RequestQuery } from '../../../shared/domain/request.ts';
import { quote } from '../../../shared/format/quote.ts';
import { auditDocument } from './audit-export.ts';
import type { Clock } from '../clock.ts';
import { defaultReferenceModel, infrastructureOf, referenceRates } from '../cost/accounting.ts';
import type { EngineApi } from '../engine-api.ts';
import { OperatorError } from './operator-error.ts';
import { readRange } from './range.ts';
import { nearestName } from '../registry/nearest.ts';
import type { Registry } from '../registry/types.ts';
import { StoreQueryError } from '../store/query-error.ts';
import type { Store } from '../store/types.ts';
import type { TimeRange } from '../store/time-range.ts';

/** Longer than any row is kept. */
const EVERYTHING = '3650d';
/** Models of unknown price that an error names; more would bury it. */
const SUGGESTED_MODELS = 12;

/** What operators ask of the past: requests, fallbacks, costs, series and the audit. */
export class HistoryOperations {
  readonly #options: { store: Store; clock: Clock; registry: () => Registry };

  constructor(options: { store: Store; clock: Clock; registry: () => Registry }) {
    this.#options = options;
  }

  async listRequests(query: RequestQuery) {
    const { since, until, ...filters } = query;
    const bounded =
      since === undefined && until === undefined
        ? {}
        : readRange({ since: since ?? EVERYTHING, until }, this.#options.clock.now());
    return await asked(this.#options.store.reader.listRequests({ ...filters, ...bounded }));
  }

  async getRequest(id: string) {
    const request = await this.#options.store.reader.getRequest(id);
    if (!request)
      throw new OperatorError('NOT_FOUND', `There is no request ${quote(id)}; it may be older than the retention.`);
    return request;
  }

  async fallbacks(query: { since?: string | undefined; until?: string | undefined }) {
    const range = readRange(query, this.#options.clock.now());
    const { lanes, ...rest } = await this.#options.store.reader.fallbacks(range);
    const names = this.#options.registry().providers.map(({ name }) => name);
    // Providers that the registry no longer has keep their history, but no lane.
    const shown = lanes.filter(({ provider }) => names.includes(provider));
    return {
      ...range,
      ...rest,
      lanes: shown.toSorted((a, b) => names.indexOf(a.provider) - names.indexOf(b.provider)),
    };
  }

  async costs(query: Parameters<EngineApi['costs']>[0]) {
    const now = this.#options.clock.now();
    const range = readRange(query, now);
    const timeZone = knownTimeZone(query.time_zone ?? 'UTC');
    const model = query.reference_model ?? defaultReferenceModel(this.#options.registry(), now);
    const reference = referenceRates(model, this.#options.registry(), now);
    const basis = { reference, infrastructure: infrastructureOf(this.#options.registry()) };
    const answer = await asked(this.#options.store.reader.costs(range, query.group_by, timeZone, basis));
    return {
      group_by: query.group_by,
      ...range,
      time_zone: timeZone,
      ...answer,
      reference: { model, pricing_unknown: reference === null },
    };
  }

  async reliability(query: Parameters<EngineApi['reliability']>[0]) {
    return await this.#options.store.reader.reliability(readRange(query, this.#options.clock.now()));
  }

  /**
   * Applies a rate to past use, or counts what it would come to. Throws INVALID_REQUEST for a range that is none, and
   * NOT_FOUND when nothing is stored that the rate could be applied to.
   */
  async applyPrice(application: PriceApplication) {
    const { model, pricing, dry_run: dryRun, operator, reason } = application;
    const at = this.#options.clock.now();
    const range = readRange({ since: application.since ?? EVERYTHING, until: application.until }, at);
    const rates: Rates = {
      input: pricing.input,
      output: pricing.output,
      cacheRead: pricing.cache_read ?? null,
      cacheWrite: pricing.cache_write ?? null,
    };
    const order = { model, rates, range };
    const { reader, writer } = this.#options.store;
    const counts = dryRun ? await reader.previewRates(order) : await writer.applyRates(order, { at, operator, reason });
    if (!dryRun && counts.requests === 0) throw await this.#nothingToPrice(model, range);
    return { model, dry_run: dryRun, ...range, ...counts };
  }

  async #nothingToPrice(model: string, range: TimeRange): Promise<OperatorError> {
    const { rows } = await this.#options.store.reader.costs(range, 'model', 'UTC');
    const unpriced = rows
      .filter(({ key, pricing_unknown_requests: requests }) => requests > 0 && key !== '' && key !== model)
      .map(({ key }) => key);
    const nearest = nearestName(model, unpriced);
    const wayOut =
      nearest !== null
        ? `did you mean ${quote(nearest)}?`
        : unpriced.length > 0
          ? `of unknown price are ${unpriced.slice(0, SUGGESTED_MODELS).join(', ')}.`
          : 'every price is known there.';
    return new OperatorError(
      'NOT_FOUND',
      `No stored request of ${quote(model)} in this range is of unknown price, so nothing was changed; ${wayOut}`,
    );
  }

  async series(query: Parameters<EngineApi['series']>[0]) {
    const range = readRange(query, this.#options.clock.now());
    return await this.#options.store.reader.series(range, query.buckets, query.latency ?? true);
  }

  async audit({ limit, cursor, since, until, ...filter }: AuditQuery) {
    const bounded =
      since === undefined && until === undefined
        ? {}
        : readRange({ since: since ?? EVERYTHING, until }, this.#options.clock.now());
    return await asked(this.#options.store.reader.audit(limit, cursor ?? null, { ...filter, ...bounded }));
  }

  async verifyAudit({ expect }: AuditVerifyQuery) {
    return await this.#options.store.reader.verifyAudit(readProof(expect));
  }

  /** Everything when no range is given. Throws INVALID_REQUEST for a range that is none. */
  async exportAudit({ format, ...range }: AuditExportQuery) {
    const now = this.#options.clock.now();
    const bounds = readRange({ since: range.since ?? EVERYTHING, until: range.until }, now + 1);
    return auditDocument(await this.#options.store.reader.auditExport(bounds), format);
  }
}

/** `ID:HASH` as the schema has let it through; null for none. */
export function readProof(expect: string | undefined): AuditProof | null {
  const [id, hash] = expect?.split(':') ?? [];
  return id === undefined || hash === undefined ? null : { id: Number(id), hash };
}

/** A query whose cursor or zone makes no sense is the asker's mistake and says so. */
async function asked<Value>(query: Promise<Value>): Promise<Value> {
  try {
    return await query;
  } catch (error) {
    if (error instanceof StoreQueryError && error.code.startsWith('invalid_')) {
      throw new OperatorError('INVALID_REQUEST', error.message);
    }
    throw error;
  }
}

function knownTimeZone(name: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    throw new OperatorError(
      'INVALID_REQUEST',
      `${quote(name)} is no time zone; give an IANA name such as Europe/Berlin.`,
    );
  }
}
