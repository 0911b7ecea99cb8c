import { createHmac } from 'node:crypto';
import type { AuditEntry } from '../../shared/domain/operations.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { Clock } from './clock.ts';
import type { Environment } from './registry/types.ts';
import type { KnownKey, StoreWriter } from './store/types.ts';

/** Hexadecimal digits: enough to tell a key from the next one, too few to tell what it is. */
const FINGERPRINT_DIGITS = 8;

/** Names of keys by what happened to them, each sorted. */
interface KeyChanges {
  set: string[];
  replaced: string[];
  removed: string[];
}

/** What the environment says now of keys that were known before. */
function compareKeys(known: readonly KnownKey[], environment: Environment): KeyChanges {
  const changes: KeyChanges = { set: [], replaced: [], removed: [] };
  for (const { name, salt, fingerprint } of known.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const now = fingerprintOf(environment[name], salt);
    if (now === fingerprint) continue;
    if (fingerprint === null) changes.set.push(name);
    else if (now === null) changes.removed.push(name);
    else changes.replaced.push(name);
  }
  return changes;
}

/** Null for a key that is not set; an empty one counts as none. */
function fingerprintOf(value: string | undefined, salt: string): string | null {
  if (!value) return null;
  return createHmac('sha256', salt).update(value).digest('hex').slice(0, FINGERPRINT_DIGITS);
}

export interface KeyBookParts {
  /** What the last run knew. */
  known: readonly KnownKey[];
  /** The variables that hold keys now. */
  names: () => readonly string[];
  environment: Environment;
  trail: AuditTrail;
  writer: Pick<StoreWriter, 'addAudit' | 'saveKnownKeys'>;
  clock: Clock;
  /** A fresh random text. */
  newSalt: () => string;
}

/**
 * Remembers over restarts which keys are set, so that a change made while no engine ran is in the audit, too. Keys
 * themselves are never stored: of each there is a short fingerprint with a salt of its own.
 */
export class KeyBook {
  readonly #parts: KeyBookParts;
  #known: ReadonlyMap<string, KnownKey>;

  constructor(parts: KeyBookParts) {
    this.#parts = parts;
    this.#known = new Map(parts.known.map((key) => [key.name, key]));
  }

  /** Notes what changed since the last run; the first run has nothing to compare with. */
  catchUp(): void {
    const { environment, clock } = this.#parts;
    const changes = compareKeys([...this.#known.values()], environment);
    if (Object.values(changes).some((names: string[]) => names.length > 0))
      this.note(changeEntry(clock.now(), changes));
    else this.remember();
  }

  /** Adds an entry to the audit and remembers in the same commit how the keys stand with it. */
  note(entry: Omit<AuditEntry, 'id'>): AuditEntry {
    const { trail, writer } = this.#parts;
    const known = this.#take();
    return trail.add(entry, (one) => writer.addAudit(one, known));
  }

  /** Keys that were not known until now, as an edited registry names them. */
  remember(): void {
    const known = this.#take();
    if (known.length > 0) this.#parts.writer.saveKnownKeys(known);
  }

  /** Takes the keys as they stand; answers those that differ from what is stored. */
  #take(): KnownKey[] {
    const { names, environment, newSalt } = this.#parts;
    const differing = [...new Set([...this.#known.keys(), ...names()])].flatMap((name) => {
      const before = this.#known.get(name);
      const salt = before?.salt ?? newSalt();
      const fingerprint = fingerprintOf(environment[name], salt);
      return before?.fingerprint === fingerprint ? [] : [{ name, salt, fingerprint }];
    });
    this.#known = new Map([...this.#known, ...differing.map((key) => [key.name, key] as const)]);
    return differing;
  }
}

function changeEntry(at: number, changes: KeyChanges): Omit<AuditEntry, 'id'> {
  return {
    at,
    operator: 'switchyard',
    action: 'environment.change',
    target: 'keys',
    reason: 'Keys were changed while Switchyard was not running; by whom is not known.',
    before: null,
    after: { ...changes },
  };
}
