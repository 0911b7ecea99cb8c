import type { RequestDetail } from '../../../shared/domain/request.ts';
import type { AttemptRun } from '../attempt/attempt-run.ts';
import type { AttemptLoop } from './attempt-loop.ts';

/**
 * The `x-switchyard-…` response headers, beside the request id that every answer has. A streamed answer gives its `running`
 * attempt, since its head is written before the record exists; a whole answer gives its `record`, which knows the cost.
 */
export function responseHeaders(
  loop: AttemptLoop,
  record: RequestDetail | null,
  running: AttemptRun | null = null,
): Record<string, string> {
  const headers: Record<string, string> = {
    'x-switchyard-route-reason': headerText(loop.decision.reason),
    'x-switchyard-attempts': String(loop.attempts.length + (running ? 1 : 0)),
  };
  const provider = running?.input.config.name ?? record?.provider;
  const model = running?.answerModel ?? record?.model;
  if (provider) headers['x-switchyard-provider'] = headerText(provider);
  if (model) headers['x-switchyard-model'] = headerText(model);
  const fallback = running ? loop.fallbackTo(running.input.config.name) : loop.fallback;
  if (fallback) {
    headers['x-switchyard-fallback-from'] = headerText(fallback.fromProvider);
    headers['x-switchyard-fallback-reason'] = fallback.reason;
  }
  if (record && record.provider !== null) {
    headers['x-switchyard-cost-usd'] = costText(record.cost_usd);
    headers['x-switchyard-pricing-unknown'] = String(record.pricing_unknown);
  } else if (running) {
    headers['x-switchyard-pricing-unknown'] = String(running.pricingUnknown);
  }
  return headers;
}

/** Header values hold printable ASCII only (RFC 9110, 5.5). */
function headerText(text: string): string {
  return text
    .replaceAll(/[\u2013\u2014]/g, '-')
    .replaceAll('\u00d7', 'x')
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .slice(0, 500);
}

/** Six decimals: whole micro-dollars. */
function costText(usd: number): string {
  return usd.toFixed(6);
}
