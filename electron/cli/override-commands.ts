import { z } from 'zod';
import { operatorNoteSchema, overrideRequestSchema, overrideSchema } from '../../shared/domain/operations.ts';
import { type CommandContext, readArguments, readCall, readDurationSeconds, UsageError } from './command.ts';
import { connectToConsole } from './console-client.ts';
import { operatorName } from './operator-name.ts';

const SHARED_OPTIONS = {
  reason: { type: 'string' },
  operator: { type: 'string' },
  url: { type: 'string' },
  data: { type: 'string' },
} as const;

const FIELD_OPTIONS = {
  ttl_seconds: '--ttl in seconds',
  reason: '--reason',
  operator: '--operator',
  scope: '--scope',
} as const;

export async function runForce(context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments({
    args: context.args,
    allowPositionals: true,
    options: { ...SHARED_OPTIONS, ttl: { type: 'string' }, scope: { type: 'string' } },
  });
  const [provider, ...others] = positionals;
  if (provider === undefined || others.length > 0) throw new UsageError('force takes the name of one provider');
  if (values.ttl === undefined) throw new UsageError('--ttl is needed, such as --ttl 15m');
  if (values.reason === undefined) throw new UsageError('--reason is needed');
  const request = readCall(
    overrideRequestSchema,
    {
      provider,
      ttl_seconds: readDurationSeconds('ttl', values.ttl),
      reason: values.reason,
      operator: operatorName(values.operator),
      scope: values.scope,
    },
    FIELD_OPTIONS,
  );
  const answer = await connectToConsole(context, values).call('PUT', '/override', request);
  const override = overrideSchema.parse(answer);
  context.print(
    `${override.provider} is forced (${override.scope}) until ${new Date(override.expires_at).toISOString()}: ${override.reason}`,
  );
}

export async function runUnforce(context: CommandContext): Promise<void> {
  const { values } = readArguments({ args: context.args, options: SHARED_OPTIONS });
  const note = readCall(
    operatorNoteSchema,
    { operator: operatorName(values.operator), reason: values.reason ?? 'released from the command line' },
    FIELD_OPTIONS,
  );
  const answer = await connectToConsole(context, values).call('DELETE', '/override', note);
  const { released } = z.object({ released: overrideSchema.nullable() }).parse(answer);
  context.print(released === null ? 'No override was active.' : `${released.provider} is no longer forced.`);
}
