import {
  type CostGroup,
  type Costs,
  costsSchema,
  fallbacksSchema,
  reliabilitySchema,
} from '../../shared/domain/history.ts';
import { quote } from '../../shared/format/quote.ts';
import { type CommandContext, readArguments, readRangeOptions, UsageError } from './command.ts';
import { connectToConsole } from './console-client.ts';
import { renderReport, type ReportFormat } from './report-format.ts';

const FORMATS: readonly ReportFormat[] = ['md', 'csv', 'json'];

export async function runReport(context: CommandContext): Promise<void> {
  const { values } = readArguments({
    args: context.args,
    options: {
      since: { type: 'string', default: '7d' },
      format: { type: 'string', default: 'md' },
      url: { type: 'string' },
      data: { type: 'string' },
    },
  });
  const format = FORMATS.find((name) => name === values.format);
  if (format === undefined) throw new UsageError(`--format is md, csv or json, not ${quote(values.format)}`);
  const { since, until } = readRangeOptions(values, context.now());
  const client = connectToConsole(context, values);
  const range = new URLSearchParams({ since: String(since), until: String(until) });
  const costsBy = async (group: CostGroup): Promise<Costs> =>
    costsSchema.parse(await client.call('GET', `/costs?${range.toString()}&group_by=${group}`));
  const byProvider = await costsBy('provider');
  const data = {
    since: byProvider.since,
    until: byProvider.until,
    byProvider,
    byModel: await costsBy('model'),
    byTier: await costsBy('tier'),
    byCallSite: await costsBy('call_site'),
    byAgent: await costsBy('agent'),
    byDay: await costsBy('day'),
    reliability: reliabilitySchema.parse(await client.call('GET', `/reliability?${range.toString()}`)),
    fallbacks: fallbacksSchema.parse(await client.call('GET', `/fallbacks?${range.toString()}`)),
  };
  context.print(renderReport(data, format));
}
