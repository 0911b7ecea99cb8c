import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FailureClass } from '../../../shared/domain/failure.ts';
import { exerciseEverything, metricsUnderTest, providerStatus } from '../../support/metrics-fixtures.ts';
import { readPage } from '../../support/metrics-page.ts';
import { anAttempt, aRequest } from '../../support/records.ts';

const names = ['kimi', 'claude'];

function failedAttempt(failure_class: FailureClass) {
  return anAttempt({ outcome: 'failure', failure_class, first_token_ms: null });
}

describe('the fixed metrics', () => {
  it('count each model a request was sent to, with the outcome it had there', async () => {
    const { events, sample } = metricsUnderTest(names);
    events.emit(
      'request_finished',
      aRequest({
        provider: 'claude',
        attempt_list: [failedAttempt('timeout'), failedAttempt('server_error'), anAttempt({ provider: 'claude' })],
      }),
    );
    expect(await sample('llm_requests_total{model_name="kimi",status="timeout"}')).toBe(1);
    expect(await sample('llm_requests_total{model_name="kimi",status="error"}')).toBe(1);
    expect(await sample('llm_requests_total{model_name="claude",status="success"}')).toBe(1);
    expect(await sample('switchyard_requests_total{status="success",origin="client"}')).toBe(1);
  });

  it('begin at 0, so that the first request to a fallback is an increase', async () => {
    const { sample } = metricsUnderTest(names);
    expect(await sample('llm_requests_total{model_name="claude",status="success"}')).toBe(0);
  });

  it('begin at 0 for failures and for the fallbacks of the chain, so that a single one is an increase', async () => {
    const { source, sample } = metricsUnderTest(names);
    source.providers = [
      providerStatus('kimi', { role: 'primary' }),
      providerStatus('claude', { role: 'fallback' }),
      providerStatus('openai', { role: 'other' }),
    ];
    const fallback = (from: string, to: string) =>
      sample(`llm_fallback_events_total{from_model="${from}",to_model="${to}",reason="error"}`);
    expect(await fallback('kimi', 'claude')).toBe(0);
    expect(await fallback('kimi', 'openai')).toBeNull();
    expect(await sample('switchyard_requests_total{status="error",origin="client"}')).toBe(0);
  });

  it.each(['playground', 'probe', 'shadow'] as const)(
    'are about clients: %s is no use of a fallback',
    async (origin) => {
      const { events, sample } = metricsUnderTest(names);
      events.emit('request_finished', aRequest({ origin, attempt_list: [anAttempt({ cost_usd: 0.5 })] }));
      expect(await sample('llm_requests_total{model_name="kimi",status="success"}')).toBe(0);
      expect(await sample('llm_inference_latency_seconds_count{model_name="kimi"}')).toBeNull();
      expect(await sample(`switchyard_cost_usd_total{model_name="kimi",origin="${origin}"}`)).toBe(0.5);
    },
  );

  it('do not blame a model for a caller who left', async () => {
    const { events, sample } = metricsUnderTest(names);
    events.emit('request_finished', aRequest({ attempt_list: [anAttempt({ outcome: 'cancelled' })] }));
    for (const status of ['success', 'error', 'timeout']) {
      expect(await sample(`llm_requests_total{model_name="kimi",status="${status}"}`)).toBe(0);
    }
  });

  it('measure latency in seconds in exactly the agreed buckets', async () => {
    const { events, page, sample } = metricsUnderTest(names);
    events.emit('request_finished', aRequest({ attempt_list: [anAttempt({ duration_ms: 1_500 })] }));
    const bounds = [...(await page()).matchAll(/llm_inference_latency_seconds_bucket\{le="([^"]+)"/g)].map(
      ([, le]) => le,
    );
    expect(bounds).toEqual(['0.1', '0.5', '1', '2', '5', '10', '30', '60', '+Inf']);
    expect(await sample('llm_inference_latency_seconds_sum{model_name="kimi"}')).toBe(1.5);
  });

  it('count fallbacks by both ends and reason', async () => {
    const { events, sample } = metricsUnderTest(names);
    events.emit('fallback', {
      id: 1,
      at: 1,
      request_id: 'r',
      from_provider: 'kimi',
      to_provider: 'claude',
      reason: 'unhealthy',
      detail: '',
      served: true,
    });
    const series = 'llm_fallback_events_total{from_model="kimi",to_model="claude",reason="unhealthy"}';
    expect(await sample(series)).toBe(1);
  });

  it('show health as 1 or 0 for models in use, and nothing for the others', async () => {
    const { source, sample } = metricsUnderTest([]);
    const health = (status: 'healthy' | 'degraded' | 'unhealthy' | 'disabled' | 'unknown') => ({
      health: { status, reason: '', since: 1, checked_at: null, probe_latency_ms: null },
    });
    source.providers = (['healthy', 'degraded', 'unhealthy', 'disabled', 'unknown'] as const).map((status) =>
      providerStatus(status, health(status)),
    );
    expect(await sample('llm_model_health{model_name="healthy"}')).toBe(1);
    expect(await sample('llm_model_health{model_name="degraded"}')).toBe(1);
    expect(await sample('llm_model_health{model_name="unhealthy"}')).toBe(0);
    expect(await sample('llm_model_health{model_name="disabled"}')).toBeNull();
    expect(await sample('llm_model_health{model_name="unknown"}')).toBeNull();
  });
});

describe('the other metrics', () => {
  it('never grow with names that callers choose', async () => {
    const { events, page } = metricsUnderTest(names);
    for (let count = 0; count < 50; count += 1) {
      events.emit('request_finished', aRequest({ attempt_list: [anAttempt({ provider: `made-up-${count}` })] }));
    }
    const body = await page();
    expect(body).not.toContain('made-up');
    expect(body).toContain('llm_requests_total{model_name="other",status="success"} 50');
  });

  it('keep an unknown price apart from the sum', async () => {
    const { events, sample } = metricsUnderTest(names);
    const attempt_list = [anAttempt({ pricing_unknown: true, cost_usd: 0 }), anAttempt({ cost_usd: 0.125 })];
    events.emit('request_finished', aRequest({ attempt_list }));
    expect(await sample('switchyard_cost_usd_total{model_name="kimi",origin="client"}')).toBe(0.125);
    expect(await sample('switchyard_pricing_unknown_requests_total{model_name="kimi"}')).toBe(1);
  });

  it('show tokens, quota, override, breaker, probes and the server’s load', async () => {
    const under = metricsUnderTest(names);
    exerciseEverything(under);
    const { sample } = under;
    expect(await sample('switchyard_tokens_total{model_name="kimi",type="cache_read"}')).toBe(40);
    expect(await sample('switchyard_quota_used{model_name="kimi",limit="requests_per_day"}')).toBe(212);
    expect(await sample('switchyard_quota_used_ratio{model_name="kimi",limit="requests_per_day"}')).toBe(0.212);
    expect(await sample('switchyard_override_active{model_name="kimi"}')).toBe(1);
    expect(await sample('switchyard_override_active{model_name="claude"}')).toBe(0);
    expect(await sample('switchyard_override_start_timestamp_seconds{model_name="kimi"}')).toBe(5);
    expect(await sample('switchyard_breaker_transitions_total{model_name="kimi",state="open"}')).toBe(1);
    expect(await sample('switchyard_probes_total{model_name="kimi",kind="model_list",result="good"}')).toBe(1);
    expect(await sample('switchyard_kv_cache_usage_ratio{model_name="kimi"}')).toBe(0.5);
    expect(await sample('switchyard_build_info{version="1.2.3",simulated="false"}')).toBe(1);
  });

  it('say nothing of a load that the server does not tell', async () => {
    const { source, sample } = metricsUnderTest(names);
    const load = { running: 0, waiting: null, kv_cache_usage: null, generation_tokens_per_second: null, scraped_at: 1 };
    source.providers = [providerStatus('kimi', { load })];
    expect(await sample('switchyard_inference_requests_running{model_name="kimi"}')).toBe(0);
    expect(await sample('switchyard_inference_requests_waiting{model_name="kimi"}')).toBeNull();
  });

  it('forget a provider that has left the registry', async () => {
    const { source, page } = metricsUnderTest(names);
    expect(await page()).toContain('switchyard_requests_in_flight{model_name="claude"}');
    source.providers = source.providers.slice(0, 1);
    expect(await page()).not.toContain('switchyard_requests_in_flight{model_name="claude"}');
  });

  it('count a breaker’s change of state once, not its every announcement', async () => {
    const { events, source, sample } = metricsUnderTest(names);
    const breaker = source.providers[0]?.breaker;
    if (!breaker) throw new Error('no provider');
    for (const state of ['open', 'open', 'half_open', 'open'] as const) {
      events.emit('breaker_changed', { provider: 'kimi', breaker: { ...breaker, state } });
    }
    expect(await sample('switchyard_breaker_transitions_total{model_name="kimi",state="open"}')).toBe(2);
  });

  it('stop counting when told to', async () => {
    const { events, metrics, sample } = metricsUnderTest(names);
    metrics.stop();
    events.emit('request_finished', aRequest());
    expect(await sample('llm_requests_total{model_name="kimi",status="success"}')).toBe(0);
  });
});

describe('the number of series', () => {
  const anyName = fc.string({ maxLength: 20 });

  it('stays bounded whatever happens: every label holds one of a few known values', async () => {
    await fc.assert(
      fc.asyncProperty(anyName, anyName, anyName, async (model, provider, site) => {
        const { events, page } = metricsUnderTest(names);
        events.emit(
          'request_finished',
          aRequest({
            requested_model: model,
            model,
            provider,
            call_site: site,
            user: site,
            agent_id: site,
            attempt_list: [anAttempt({ provider, model }), anAttempt({ ...failedAttempt('overloaded'), provider })],
          }),
        );
        events.emit('probe_finished', { provider, ok: false, kind: 'model_list', latency_ms: 1 });
        const models = new Set(
          [...(await page()).matchAll(/(?:model_name|from_model|to_model)="([^"]*)"/g)].map(([, one]) => one),
        );
        expect([...models].filter((one) => ![...names, 'other'].includes(one ?? ''))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('does not grow with the requests', async () => {
    const { events, page } = metricsUnderTest(names);
    const lines = async (): Promise<number> => (await page()).split('\n').length;
    events.emit('request_finished', aRequest({ attempt_list: [anAttempt({ provider: 'first' })] }));
    const before = await lines();
    for (let count = 0; count < 500; count += 1) {
      const attempt = anAttempt({ provider: `stranger-${count}`, model: `model-${count}` });
      events.emit('request_finished', aRequest({ call_site: `site-${count}`, attempt_list: [attempt] }));
    }
    expect(await lines()).toBe(before);
  });
});

it.each(['a"b', 'a\\b', 'a\nb 1', '"} 1\n# TYPE x counter\nx 1', '{}=,', '', '💥', '\u0000'])(
  'a name of the configuration stays in its label: %j',
  async (name) => {
    const under = metricsUnderTest(['kimi']);
    exerciseEverything(under);
    const plain = readPage(await under.page()).samples.size;
    const [quota] = under.source.callSiteQuotas;
    if (!quota) throw new Error('There is a quota.');
    under.source.callSiteQuotas = [{ ...quota, name }];
    under.source.notificationsWaiting = new Map([[name, 1]]);
    under.events.emit('notification_tried', { channel: name, outcome: 'failed' });
    const { samples } = readPage(await under.page());
    // One more series: the tries of the channel of that name.
    expect(samples.size).toBe(plain + 1);
    const written = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
    expect(samples.get(`switchyard_notifications_total{channel="${written}",outcome="failed"}`)).toBe(1);
  },
);
