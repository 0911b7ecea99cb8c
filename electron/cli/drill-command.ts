import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import {
  drillDetailSchema,
  drillFaultSchema,
  drillPreviewSchema,
  drillReportQuerySchema,
  drillRequestSchema,
  drillSchema,
  type Drill,
  type DrillRequest,
} from '../../shared/domain/drills.ts';
import { operatorNoteSchema } from '../../shared/domain/operations.ts';
import { formatDuration, formatDurationCoarse } from '../../shared/format/duration.ts';
import { quote } from '../../shared/format/quote.ts';
import {
  type CommandContext,
  CommandError,
  readArguments,
  readCall,
  readDurationSeconds,
  UsageError,
} from './command.ts';
import { connectToConsole, type ConsoleClient } from './console-client.ts';
import { operatorName } from './operator-name.ts';
import { renderTable } from './table.ts';

const POLL_MS = 500;

const OPTIONS = {
  fault: { type: 'string' },
  share: { type: 'string' },
  delay: { type: 'string' },
  for: { type: 'string' },
  in: { type: 'string' },
  reason: { type: 'string' },
  operator: { type: 'string' },
  'lost-requests': { type: 'string' },
  'detect-within': { type: 'string' },
  'recover-within': { type: 'string' },
  list: { type: 'boolean' },
  abort: { type: 'boolean' },
  report: { type: 'string' },
  format: { type: 'string' },
  url: { type: 'string' },
  data: { type: 'string' },
} as const;

/** The option that gives each field, for the words of an error. */
const FIELD_OPTIONS = {
  reason: '--reason',
  operator: '--operator',
  duration_seconds: '--for in seconds',
  starts_in_seconds: '--in in seconds',
  share: '--share',
  delay_ms: '--delay in milliseconds',
  'targets.lost_requests': '--lost-requests',
  'targets.detect_ms': '--detect-within in milliseconds',
  'targets.recover_ms': '--recover-within in milliseconds',
} as const;

const NO_TIME = /^0(ms|[smhdw])?$/i;

type Values = { [Name in keyof typeof OPTIONS]?: string | boolean };

/** Runs one drill to its end; interrupting it aborts the drill. Fails when the drill did not pass. */
export async function runDrill(context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments({ args: context.args, allowPositionals: true, options: OPTIONS });
  if (values.list) return await printDrills(context, connectToConsole(context, values));
  if (values.abort) return await abortDrill(context, values);
  if (values.report !== undefined) return await printReport(context, values);
  const [provider, ...others] = positionals;
  if (provider === undefined || others.length > 0) throw new UsageError('drill takes the name of one provider');
  const request = readRequest(provider, values);
  const console = connectToConsole(context, values);
  const query = new URLSearchParams({ provider });
  const preview = drillPreviewSchema.parse(await console.call('GET', `/drills/preview?${query.toString()}`));
  if (preview.refusal !== null) throw new CommandError(preview.refusal);
  const drill = drillSchema.parse(await console.call('POST', '/drills', request));
  context.print(
    `Drill ${drill.id} on ${provider} begins in ${formatDuration(drill.starts_at - drill.created_at)}; ${preview.takes_over} takes over. Interrupt to abort.`,
  );
  const ended = await follow(context, console, drill, request.operator);
  context.print(`${(ended.outcome ?? 'ended').toUpperCase()}`);
  for (const finding of ended.findings) context.print(`  ${finding}`);
  const { incident_ids: incidents } = drillDetailSchema.parse(await console.call('GET', `/drills/${ended.id}`));
  if (incidents.length > 0) context.print(`  It made ${incidents.map((id) => `incident ${id}`).join(', ')}.`);
  context.print(`"switchyard drill --report ${ended.id}" prints its report.`);
  if (ended.outcome !== 'passed')
    throw new CommandError(`Drill ${ended.id} did not pass: ${ended.outcome ?? 'no outcome'}.`);
}

function readRequest(provider: string, values: Values): DrillRequest {
  const text = (name: keyof Values): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const fault = drillFaultSchema.safeParse(text('fault')?.replaceAll('-', '_'));
  if (!fault.success) throw new UsageError('--fault is needed: refuse, slow or error-rate');
  const reason = text('reason');
  if (reason === undefined) throw new UsageError('--reason is needed');
  const span = (name: keyof Values): number | undefined => {
    const value = text(name);
    return value === undefined ? undefined : readDurationSeconds(name, value) * 1000;
  };
  const number = (name: keyof Values): number | undefined => {
    const value = text(name);
    return value === undefined ? undefined : readNumber(name, value);
  };
  const notice = text('in');
  const written = {
    provider,
    fault: fault.data,
    reason,
    operator: operatorName(text('operator')),
    duration_seconds: readDurationSeconds('for', text('for') ?? '2m'),
    starts_in_seconds: notice === undefined ? undefined : readNotice(notice),
    share: number('share'),
    delay_ms: span('delay'),
    targets: {
      lost_requests: number('lost-requests'),
      detect_ms: span('detect-within'),
      recover_ms: span('recover-within'),
    },
  };
  return readCall(drillRequestSchema, written, FIELD_OPTIONS);
}

/** Seconds until the drill begins; none begins it now. */
function readNotice(text: string): number {
  return NO_TIME.test(text) ? 0 : readDurationSeconds('in', text);
}

function readNumber(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new UsageError(`--${name} is a number from 0, not ${quote(text)}`);
}

/** Says what changes until the drill has ended. */
async function follow(context: CommandContext, console: ConsoleClient, begun: Drill, operator: string): Promise<Drill> {
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
  };
  process.once('SIGINT', interrupt);
  try {
    let drill = begun;
    while (drill.state !== 'ended') {
      await sleep(POLL_MS);
      if (interrupted) {
        interrupted = false;
        await console.call('DELETE', '/drills', { operator, reason: 'interrupted at the command line' });
      }
      const next = drillSchema.parse(await console.call('GET', `/drills/${drill.id}`));
      if (next.state !== drill.state && next.state !== 'ended') context.print(stateLine(next));
      drill = next;
    }
    return drill;
  } finally {
    process.off('SIGINT', interrupt);
  }
}

function stateLine({ state, figures, fault_ends_at: faultEndsAt, starts_at: startsAt }: Drill): string {
  if (state === 'running') return `Running for ${formatDuration(faultEndsAt - startsAt)}.`;
  return `The fault is over: ${figures.faulty_calls} calls met it, ${figures.lost_requests} requests were lost. Waiting for the provider to be back in full.`;
}

async function printDrills(context: CommandContext, console: ConsoleClient): Promise<void> {
  const { drills } = z.object({ drills: z.array(drillSchema) }).parse(await console.call('GET', '/drills'));
  if (drills.length === 0) return context.print('There was no drill yet.');
  const rows = drills.map((drill) => [
    String(drill.id),
    drill.provider,
    drill.fault,
    drill.outcome ?? drill.state,
    `${formatDurationCoarse(context.now() - drill.starts_at)} ago`,
    drill.operator,
    drill.reason,
  ]);
  context.print(renderTable(['drill', 'provider', 'fault', 'outcome', 'began', 'operator', 'reason'], rows));
}

async function printReport(
  context: CommandContext,
  values: { report?: string; format?: string; url?: string; data?: string },
): Promise<void> {
  const id = values.report ?? '';
  if (!/^\d{1,15}$/.test(id)) throw new UsageError(`--report takes the number of one drill, not ${quote(id)}`);
  const format = drillReportQuerySchema.shape.format.safeParse(values.format);
  if (!format.success) throw new UsageError(`--format is md, html or json, not ${quote(values.format ?? '')}`);
  const text = await connectToConsole(context, values).document(`/drills/${id}/report?format=${format.data}`);
  context.print(text.trimEnd());
}

async function abortDrill(
  context: CommandContext,
  values: { operator?: string; reason?: string; url?: string; data?: string },
): Promise<void> {
  const note = readCall(
    operatorNoteSchema,
    { operator: operatorName(values.operator), reason: values.reason ?? 'aborted from the command line' },
    FIELD_OPTIONS,
  );
  const answer = await connectToConsole(context, values).call('DELETE', '/drills', note);
  const { aborted } = z.object({ aborted: drillSchema.nullable() }).parse(answer);
  context.print(aborted === null ? 'No drill was open.' : `Drill ${aborted.id} on ${aborted.provider} is aborted.`);
}
