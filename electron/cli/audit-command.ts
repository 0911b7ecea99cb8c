import { z } from 'zod';
import {
  type AuditFormat,
  type AuditVerification,
  auditVerificationSchema,
  auditVerifyQuerySchema,
  type ChainedAuditEntry,
} from '../../shared/domain/operations.ts';
import { quote } from '../../shared/format/quote.ts';
import { formatDuration } from '../../shared/format/duration.ts';
import { auditDocument } from '../engine/operations/audit-export.ts';
import { readProof } from '../engine/operations/history-operations.ts';
import { type CommandContext, CommandError, readArguments, readRangeOptions, UsageError } from './command.ts';
import { connectToConsole } from './console-client.ts';
import { withStoredData } from './stored-data.ts';
import { count } from './table.ts';

const FORMATS: readonly AuditFormat[] = ['json', 'csv', 'md'];
/** A large audit takes a while to walk. */
const TIMEOUT_MS = 60_000;

const OPTIONS = {
  expect: { type: 'string' },
  format: { type: 'string', default: 'json' },
  since: { type: 'string' },
  until: { type: 'string' },
  url: { type: 'string' },
  data: { type: 'string' },
} as const;

interface Values {
  expect?: string | undefined;
  format: string;
  since?: string | undefined;
  until?: string | undefined;
  url?: string | undefined;
  data?: string | undefined;
}

/** `audit verify` fails with the first row that does not hold; `audit export` prints what is recorded. */
export async function runAudit(context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments({ args: context.args, allowPositionals: true, options: OPTIONS });
  const [what, ...others] = positionals;
  if (others.length > 0 || (what !== 'verify' && what !== 'export'))
    throw new UsageError('audit takes verify or export');
  if (what === 'verify') return await verify(context, values);
  return await exportAudit(context, values);
}

async function verify(context: CommandContext, values: Values): Promise<void> {
  const query = auditVerifyQuerySchema.safeParse({ expect: values.expect });
  if (!query.success) throw new UsageError('--expect is ID:HASH as an earlier verification printed it');
  const result = await askVerification(context, values, query.data.expect);
  if (result.broken !== null) throw new CommandError(result.broken.reason);
  const { entries, last, elapsed_ms: elapsed } = result;
  context.print(`The audit holds: ${count(entries, 'row')}, checked in ${formatDuration(elapsed)}.`);
  if (last !== null) context.print(`Note elsewhere, for a later --expect: ${last.id}:${last.hash}`);
}

async function askVerification(
  context: CommandContext,
  { url, data }: Values,
  expect: string | undefined,
): Promise<AuditVerification> {
  if (url === undefined) {
    return await withStoredData(context, data, (reader) => reader.verifyAudit(readProof(expect)));
  }
  const query = expect === undefined ? '' : `?${new URLSearchParams({ expect }).toString()}`;
  const answer = await connectToConsole(context, { url, data }, TIMEOUT_MS).call('GET', `/audit/verify${query}`);
  return auditVerificationSchema.parse(answer);
}

async function exportAudit(context: CommandContext, values: Values): Promise<void> {
  const format = FORMATS.find((name) => name === values.format);
  if (format === undefined) throw new UsageError(`--format is json, csv or md, not ${quote(values.format)}`);
  const { since = '0', until } = values;
  const range = readRangeOptions({ since, until }, context.now() + 1);
  const entries = await askEntries(context, values, range);
  context.print(auditDocument(entries, format).text.trimEnd());
}

async function askEntries(
  context: CommandContext,
  { url, data }: Values,
  range: { since: number; until: number },
): Promise<ChainedAuditEntry[]> {
  if (url === undefined) return await withStoredData(context, data, (reader) => reader.auditExport(range));
  const query = new URLSearchParams({ since: String(range.since), until: String(range.until), format: 'json' });
  const client = connectToConsole(context, { url, data }, TIMEOUT_MS);
  const answer = await client.call('GET', `/audit/export?${query.toString()}`);
  return z.array(z.custom<ChainedAuditEntry>((row) => typeof row === 'object' && row !== null)).parse(answer);
}
