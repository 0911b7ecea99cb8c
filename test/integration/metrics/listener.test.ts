import { get } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { startMetricsListener, type MetricsListener } from '../../../electron/engine/metrics/listener.ts';
import { metricsUnderTest } from '../../support/metrics-fixtures.ts';

const open: MetricsListener[] = [];

async function listen(change: Partial<Parameters<typeof startMetricsListener>[0]> = {}): Promise<MetricsListener> {
  const { metrics } = metricsUnderTest(['kimi']);
  const listener = await startMetricsListener({
    port: 0,
    host: '127.0.0.1',
    render: () => metrics.render(),
    onError: () => undefined,
    ...change,
  });
  open.push(listener);
  return listener;
}

afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close();
});

describe('the metrics port', () => {
  it('serves the page in the text format', async () => {
    const { url } = await listen();
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await answer.text()).toContain('llm_model_health{model_name="kimi"} 1');
  });

  it('serves nothing else', async () => {
    const { url } = await listen();
    expect((await fetch(url.replace('/metrics', '/'))).status).toBe(404);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
  });

  it.each([
    ['evil.example', 403],
    ['127.0.0.1.evil.example:9090', 403],
    ['localhost:9090', 200],
    ['[::1]:9090', 200],
  ])('tells a page that calls it %s: %d', async (host, status) => {
    const { url } = await listen();
    const told = await new Promise((resolve) =>
      get(url, { headers: { host } }, (response) => resolve(response.resume().statusCode)),
    );
    expect(told).toBe(status);
  });

  it('answers under any name where the network reaches it', async () => {
    const { url } = await listen({ host: '0.0.0.0' });
    const told = await new Promise((resolve) =>
      get(url.replace('0.0.0.0', '127.0.0.1'), { headers: { host: 'gpu-7.example' } }, (response) =>
        resolve(response.resume().statusCode),
      ),
    );
    expect(told).toBe(200);
  });

  it('answers 500 and reports when the page cannot be rendered, and lives on', async () => {
    const errors: unknown[] = [];
    const broken = new Error('broken');
    const { url } = await listen({
      render: () => Promise.reject(broken),
      onError: (error) => errors.push(error),
    });
    expect((await fetch(url)).status).toBe(500);
    expect((await fetch(url)).status).toBe(500);
    expect(errors).toEqual([broken, broken]);
  });

  it('names a port that is taken, and the way out', async () => {
    const port = Number(new URL((await listen()).url).port);
    await expect(listen({ port })).rejects.toThrow(
      `The metrics port ${port} is in use; set PROMETHEUS_PORT to another one, or to 0 for any that is free.`,
    );
  });
});
