import { isDeepStrictEqual } from 'node:util';
import type {
  RoutingChange,
  RoutingCheck,
  RoutingCheckResult,
  RoutingDifference,
  RoutingDocument,
  RoutingHistory,
  RoutingRollback,
} from '../../../shared/domain/routing.ts';
import type { RoutingHistoryQuery, RoutingSetting, RoutingState } from '../../../shared/domain/routing.ts';
import { shorten } from '../../../shared/format/quote.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { Clock } from '../clock.ts';
import { OperatorError } from './operator-error.ts';
import type { RestrictedCount } from '../live/restricted-count.ts';
import { effectiveDocument, routingDifferences, routingSettings } from '../policy/routing-settings.ts';
import type { RegistryHolder } from '../registry-holder.ts';
import { retiredTierModels, retiredUses } from '../registry/retired-models.ts';
import { applyPatch, notStorable } from '../registry/stored-routing.ts';
import type { Registry, RegistryProblem } from '../registry/types.ts';
import type { Store } from '../store/types.ts';

export interface RoutingParts {
  holder: RegistryHolder;
  store: Pick<Store, 'reader' | 'writer'>;
  trail: AuditTrail;
  clock: Clock;
  restricted: RestrictedCount;
}

/** What operators see and change of the live routing. What they store is a version, and the newest one holds. */
export class RoutingOperations {
  readonly #parts: RoutingParts;

  constructor(parts: RoutingParts) {
    this.#parts = parts;
  }

  state(): RoutingState {
    const { holder, restricted } = this.#parts;
    const { current: registry, environment, stored } = holder;
    return {
      version: stored.version,
      config_version: registry.version,
      path: registry.path,
      set_aside: holder.setAside,
      settings: this.#settings(registry, this.#inEffect),
      stored: stored.document,
      effective: effectiveDocument({ registry, environment }),
      providers: registry.providers.map(({ name }) => name),
      retired_tiers: retiredTierModels(registry).map(({ tier, provider, model, retired, replacement }) => ({
        tier,
        provider,
        model,
        retired,
        replacement,
      })),
      retired_models: retiredUses(registry, environment).map(
        ({ setting, model, retired, replacement, redirected }) => ({
          setting,
          model,
          retired,
          replacement,
          redirected: redirected ?? null,
        }),
      ),
      restricted: restricted.summary(),
    };
  }

  /**
   * Stores a change and lets it take effect at once. Throws CONFLICT when another version holds than the one it was made
   * on, INVALID_REQUEST with every problem for what does not hold, and for a change that alters nothing.
   */
  change({ changes, expected_version: expected, operator, reason }: RoutingChange): RoutingState {
    const { stored } = this.#parts.holder;
    this.#requireVersion(expected);
    refuse(notStorable(changes));
    const document = applyPatch(stored.document, changes);
    // A version without a difference would only stand in the way of whoever edits at the same time.
    if (isDeepStrictEqual(document, stored.document)) {
      throw new OperatorError(
        'INVALID_REQUEST',
        'These changes alter nothing of what is stored, so no version was added; send a setting that differs.',
      );
    }
    return this.#store(document, { operator, reason, restores: null });
  }

  /** Tries a change on what is stored. Stores nothing. */
  check({ changes }: RoutingCheck): RoutingCheckResult {
    const { holder } = this.#parts;
    const refused = notStorable(changes);
    if (refused.length > 0) return { problems: refused.map(toCheckProblem), diff: [] };
    const document = applyPatch(holder.stored.document, changes);
    const result = holder.parse(holder.text, document);
    if (!result.ok) return { problems: result.problems.map(toCheckProblem), diff: [] };
    return { problems: [], diff: this.#differences(result.registry, document) };
  }

  /** Brings an earlier version back as a new one; version 0 is the file alone. Throws NOT_FOUND, CONFLICT. */
  async rollback({ version, expected_version: expected, operator, reason }: RoutingRollback): Promise<RoutingState> {
    const before = this.#parts.holder.stored.version;
    const document = version === 0 ? {} : (await this.#parts.store.reader.routingVersion(version))?.stored;
    if (document === undefined) {
      throw new OperatorError('NOT_FOUND', `There is no routing version ${version}; the newest is ${before}.`);
    }
    // Somebody may have stored another one while this one was read.
    this.#requireVersion(expected ?? before);
    return this.#store(document, { operator, reason, restores: version });
  }

  async history({ limit, before }: RoutingHistoryQuery): Promise<RoutingHistory> {
    const versions = await this.#parts.store.reader.routingVersions(limit, before ?? null);
    return { current: this.#parts.holder.stored.version, versions };
  }

  get #inEffect(): RoutingDocument {
    const { holder } = this.#parts;
    return holder.setAside === null ? holder.stored.document : {};
  }

  #settings(registry: Registry, stored: RoutingDocument): RoutingSetting[] {
    const { holder } = this.#parts;
    return routingSettings({ registry, environment: holder.environment, file: holder.fileValues, stored });
  }

  #differences(registry: Registry, document: RoutingDocument): RoutingDifference[] {
    const { current } = this.#parts.holder;
    return routingDifferences(this.#settings(current, this.#inEffect), this.#settings(registry, document));
  }

  #requireVersion(expected: number): void {
    const { version } = this.#parts.holder.stored;
    if (expected === version) return;
    throw new OperatorError(
      'CONFLICT',
      `The routing is at version ${version}, and this change was made on version ${expected}: read it anew and try again.`,
    );
  }

  #store(document: RoutingDocument, note: { operator: string; reason: string; restores: number | null }): RoutingState {
    const { holder, store, trail, clock } = this.#parts;
    const result = holder.parse(holder.text, document);
    if (!result.ok) refuse(result.problems);
    else {
      const { operator, reason, restores } = note;
      const before = { version: holder.stored.version, stored: holder.stored.document };
      const diff = this.#differences(result.registry, document);
      const version = before.version + 1;
      const at = clock.now();
      store.writer.addRoutingVersion({ version, at, operator, reason, restores, diff, stored: document });
      trail.add({
        at,
        operator,
        action: restores === null ? 'routing.change' : 'routing.rollback',
        target: `version ${version}`,
        reason,
        before,
        after: { version, stored: document, ...(restores !== null && { restores }) },
      });
      holder.takeStored({ version, document }, result.registry);
    }
    return this.state();
  }
}

function toCheckProblem({ path, message }: RegistryProblem): RoutingCheckResult['problems'][number] {
  return { path, message };
}

/** Throws one sentence with every problem, each named as the registry check names it. */
function refuse(problems: readonly RegistryProblem[]): void {
  if (problems.length === 0) return;
  const named = problems.map(({ path, line, message }) => {
    const place = line === null ? shorten(path) : `${shorten(path)} (line ${line} of the registry file)`;
    return place === '' ? message : `${place}: ${message}`;
  });
  throw new OperatorError('INVALID_REQUEST', `Nothing was changed, as this does not hold: ${named.join('; ')}`);
}
