import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createControlPlane, type ControlPlane } from '../../../electron/control/control-plane.ts';
import { describeRestApi } from '../../../electron/control/api-description.ts';
import { createRestApi } from '../../../electron/control/rest-api.ts';
import { systemClock } from '../../../electron/engine/clock.ts';
import { FakeEngine } from '../../support/control-engine.ts';

let engine: FakeEngine;
let plane: ControlPlane;

beforeEach(() => {
  engine = new FakeEngine();
  plane = createControlPlane({ engine, clock: systemClock, report: () => {} });
});

afterEach(() => plane.close());

async function call(path: string, options?: RequestInit): Promise<Response> {
  const response = await createRestApi(plane)(new Request(`http://console/api${path}`, options));
  if (!response) throw new Error(`no call at ${path}`);
  return response;
}

const post = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

describe('documents over REST', () => {
  it.each([
    ['/incidents/3/report?format=html', 'text/html', 'incident-3.html', 'report of incident 3'],
    ['/audit/export?format=csv', 'text/csv', 'audit.csv', 'id,at\r\n'],
  ])('%s comes as itself under its own name', async (path, mediaType, name, text) => {
    const response = await call(path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain(mediaType);
    expect(response.headers.get('content-disposition')).toContain(name);
    expect(await response.text()).toBe(text);
  });

  it('refuses a format that there is not', async () => {
    expect((await call('/incidents/3/report?format=pdf')).status).toBe(400);
    expect((await call('/audit/export?format=xml')).status).toBe(400);
  });

  it('are in the description of the API', async () => {
    const { paths } = (await describeRestApi('1')) as { paths: Record<string, unknown> };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        '/audit/verify',
        '/audit/export',
        '/incidents/{id}/report',
        '/incidents/summary',
        '/annotations',
      ]),
    );
  });
});

describe('the description of the API', () => {
  interface Operation {
    responses: Record<string, { content: Record<string, unknown> }>;
  }

  it.each([
    ['/audit/export', ['application/json', 'text/csv', 'text/markdown']],
    ['/incidents/{id}/report', ['text/markdown', 'text/html', 'application/json']],
    ['/drills/{id}/report', ['text/markdown', 'text/html', 'application/json']],
  ])('knows the media types that %s comes in', async (path, mediaTypes) => {
    const { paths } = (await describeRestApi('1')) as { paths: Record<string, { get: Operation }> };
    expect(Object.keys(paths[path]?.get.responses['200']?.content ?? {})).toEqual(mediaTypes);
  });

  it('has the refusals that any call may meet', async () => {
    const { paths } = (await describeRestApi('1')) as { paths: Record<string, Record<string, Operation>> };
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    expect(operations.length).toBeGreaterThan(50);
    for (const { responses } of operations) {
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['200', '400', '401', '403', '413', '500']));
    }
  });
});

describe('the calls about incidents and annotations', () => {
  it('answer 404 for an incident that never was, and never take the summary for a number', async () => {
    expect((await call('/incidents/9')).status).toBe(404);
    expect(await (await call('/incidents/summary')).json()).toMatchObject({ weeks: [] });
  });

  it('hand a row noted elsewhere to the verification, and refuse what is none', async () => {
    const expected = `7:${'a'.repeat(64)}`;
    expect((await call(`/audit/verify?expect=${expected}`)).status).toBe(200);
    expect(engine.lastQueries['verifyAudit']).toEqual({ expect: expected });
    expect((await call('/audit/verify?expect=latest')).status).toBe(400);
  });

  it('take an annotation, but no link that is more than an address', async () => {
    const note = { kind: 'deploy', text: 'v1.2', operator: 'ada', at: '2026-11-18T03:00:00Z' };
    expect(await (await call('/annotations', post({ ...note, link: 'https://ci.example/1' }))).json()).toMatchObject({
      id: 'deploy:1',
    });
    expect((await call('/annotations', post({ ...note, link: 'javascript:alert(1)' }))).status).toBe(400);
    expect((await call('/annotations', post({ ...note, kind: 'alert' }))).status).toBe(400);
    expect((await call('/annotations', post({ ...note, text: ' ' }))).status).toBe(400);
  });
});
