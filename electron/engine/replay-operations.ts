import type { ReplayRequest, ReplayResult } from '../../shared/domain/replay.ts';
import type { Clock } from './clock.ts';
import { OperatorError } from './engine-api.ts';
import { readRange } from './range.ts';
import type { RegistryHolder } from './registry-holder.ts';
import { formatProblems } from './registry/problems.ts';
import { applyPatch, notStorable } from './registry/stored-routing.ts';
import type { Registry } from './registry/types.ts';
import { runReplay } from './replay/run-replay.ts';
import type { Store } from './store/types.ts';

export interface ReplayParts {
  holder: RegistryHolder;
  store: Pick<Store, 'reader'>;
  clock: Clock;
}

/** What-if: recorded traffic put to another configuration. One at a time, as it takes a good part of a core. */
export class ReplayOperations {
  readonly #parts: ReplayParts;
  #running = false;

  constructor(parts: ReplayParts) {
    this.#parts = parts;
  }

  /** Throws INVALID_REQUEST for a configuration that does not hold, CONFLICT while another replay runs. */
  async replay(request: ReplayRequest): Promise<ReplayResult> {
    const { holder, store, clock } = this.#parts;
    const range = readRange(request, clock.now());
    const registry = this.#registryOf(request);
    if (this.#running) throw new OperatorError('CONFLICT', 'Another replay is running: try again when it has ended.');
    this.#running = true;
    try {
      const { current, environment } = holder;
      return await runReplay({ reader: store.reader, range, registry, environment, recordedUnder: current });
    } finally {
      this.#running = false;
    }
  }

  /** Another file is tried as it would run without anything stored; a patch alone goes on top of what is stored. */
  #registryOf({ registry: text, routing = {} }: ReplayRequest): Registry {
    const { holder } = this.#parts;
    const problems = notStorable(routing);
    if (problems.length > 0) throw refusal(formatProblems(problems, 'routing'));
    const below = text === undefined && holder.setAside === null ? holder.stored.document : {};
    const result = holder.parse(text ?? holder.text, applyPatch(below, routing));
    if (!result.ok) throw refusal(formatProblems(result.problems, 'registry'));
    return result.registry;
  }
}

function refusal(problems: string): OperatorError {
  return new OperatorError(
    'INVALID_REQUEST',
    `The configuration to try does not hold: ${problems.replaceAll('\n', '; ')}`,
  );
}
