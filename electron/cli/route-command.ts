import { type Decision, type Task, taskSchema } from '../../shared/domain/decision.ts';
import { inputSentence } from '../../shared/format/input-sentence.ts';
import { systemClock } from '../engine/clock.ts';
import type { Standing } from '../engine/health/types.ts';
import { resolveIntent } from '../engine/policy/resolve-intent.ts';
import { createProvider } from '../engine/providers/create-provider.ts';
import type { Provider } from '../engine/providers/types.ts';
import type { Environment, Registry } from '../engine/registry/types.ts';
import { decide } from '../engine/router/decide.ts';
import { environmentFor, findRegistryFile, requireRegistry } from '../host/registry-source.ts';
import { type CommandContext, CommandError, readArguments, UsageError } from './command.ts';
import { renderTable } from './table.ts';

interface Question {
  model: string;
  callSite: string | null;
  task: Task | null;
}

function readTask(text: string | undefined): Task | null {
  if (text === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError('--task is not valid JSON');
  }
  const task = taskSchema.safeParse(value);
  if (task.success) return task.data;
  const { issues } = task.error;
  throw new UsageError(`--task: ${inputSentence({ schema: taskSchema, value, issues, name: 'the task' })}`);
}

/** Nothing has been probed when a decision is explained without an engine: everybody is taken to be well. */
function assumedStanding(now: number): Standing {
  return {
    health: { status: 'healthy', reason: 'assumed healthy', since: now, checked_at: null, probe_latency_ms: null },
    breaker: { state: 'closed', reason: null, since: now, retry_at: null, admitted_share: 1, cooling_until: null },
    isolation: null,
    load: null,
    recentLatencyMs: null,
  };
}

/** Decides without an engine: healthy providers, unused budgets, the keys of the environment. Throws `CommandError`. */
function decideOffline(registry: Registry, environment: Environment, question: Question, now: number): Decision {
  const tools = { environment, clock: systemClock, random: () => 0 };
  const providers = new Map<string, Provider>(
    registry.providers.map((config) => [config.name, createProvider(config, tools)]),
  );
  const provider = (name: string): Provider => {
    const found = providers.get(name);
    if (found === undefined) throw new CommandError(`The registry has no provider "${name}".`);
    return found;
  };
  const intent = resolveIntent(
    { ...question, tier: null, promptCharacters: 0, messageCount: 1 },
    registry,
    environment,
    (name) => provider(name).availability(),
  );
  if (!intent.ok) throw new CommandError(intent.message);
  return decide({
    registry,
    intent: intent.intent,
    needs: { tools: false, images: false, jsonSchema: false, tokens: 0 },
    forcedProvider: null,
    noFallback: false,
    benchmarking: false,
    override: null,
    standing: () => assumedStanding(now),
    headroom: () => ({ open: true }),
    availability: (name) => provider(name).availability(),
    capabilities: (name, model) => provider(name).capabilities(model),
    inFlight: () => 0,
    turn: 0,
    now,
  });
}

const OFFLINE = 'Nobody was asked: all are taken to be healthy, and every budget unused.';

/** A decision for reading: the sentence, then every candidate with its reason. */
function renderDecision(decision: Decision): string {
  const complexity = decision.complexity === null ? '' : `, complexity ${decision.complexity}`;
  const tier = decision.tier === null ? [] : [`tier ${decision.tier}${complexity}`];
  const table = renderTable(
    ['provider', 'model', 'eligible', 'reason'],
    decision.candidates.map(({ provider, model, eligible, reason }) => [
      provider,
      model ?? "(the server's own)",
      eligible ? 'yes' : 'no',
      reason,
    ]),
  );
  const warnings = decision.warnings.map((warning) => `warning: ${warning}`);
  return [decision.reason, ...tier, ...warnings, '', table, '', OFFLINE].join('\n');
}

export function runRoute(context: CommandContext): void {
  const { values } = readArguments({
    args: context.args,
    options: {
      config: { type: 'string' },
      model: { type: 'string', default: 'auto' },
      'call-site': { type: 'string' },
      task: { type: 'string' },
      json: { type: 'boolean' },
    },
  });
  const task = readTask(values.task);
  const file = findRegistryFile({ ...context, option: values.config });
  if (file === null) throw new CommandError('No registry was found: name one with --config FILE.');
  const environment = environmentFor(file, context);
  const registry = requireRegistry(file, environment, false);
  const question = { model: values.model, callSite: values['call-site'] ?? null, task };
  const decision = decideOffline(registry, environment, question, context.now());
  context.print(values.json ? JSON.stringify(decision, null, 2) : renderDecision(decision));
}
