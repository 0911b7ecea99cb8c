import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleIncident } from '../../../electron/engine/incidents/assemble.ts';
import { linesSvg } from '../../../electron/engine/incidents/report-charts.ts';
import { escapeMarkup } from '../../../shared/format/markup.ts';
import { incidentHtml } from '../../../electron/engine/incidents/report-html.ts';
import { incidentMarkdown } from '../../../electron/engine/incidents/report-markdown.ts';
import { INCIDENT_AT, incidentRows } from '../../support/incident-fixtures.ts';

const AT = INCIDENT_AT + 3_600_000;
const HOSTILE = '<script>alert(1)</script>" onload="x" | **bold** [link](javascript:x)';
const hostile = assembleIncident(
  incidentRows({
    episode: { ...incidentRows().episode, from_provider: HOSTILE, to_provider: HOSTILE },
    firstFailure: { at: INCIDENT_AT, class: 'timeout', message: `first line\n${HOSTILE}` },
    lanes: [{ provider: HOSTILE, spans: [{ from: INCIDENT_AT, to: AT, status: 'unhealthy', reason: HOSTILE }] }],
  }),
);

describe('the report as HTML', () => {
  const html = incidentHtml(assembleIncident(incidentRows()), AT);

  it('has its four charts, its sections to fill, and nothing that runs or is fetched', () => {
    expect(html.match(/<svg /g)).toHaveLength(4);
    expect(html).toContain('<h2>What we learned</h2>');
    expect(html).toContain('<h2>Actions</h2>');
    expect(html).toContain("default-src 'none'");
    expect(html).not.toMatch(/<script|<link|<img|https?:|url\(/);
  });

  it('names every provider in full, beside its lane and in the legends', () => {
    const names = ['kimi_k2_self_hosted', 'claude_opus_api'];
    const spans = [{ from: INCIDENT_AT, to: AT, status: 'healthy' as const, reason: '' }];
    const lanes = names.map((provider) => ({ provider, spans }));
    const charts = { ...incidentRows().charts, providers: names.map((provider) => ({ provider, points: [] })) };
    const page = incidentHtml(assembleIncident(incidentRows({ lanes, charts })), AT);
    for (const name of names) expect(page.match(new RegExp(`>${name}<title>`, 'g'))).toHaveLength(3);
  });

  it('takes what came from outside as text', () => {
    const page = incidentHtml(hostile, AT);
    expect(page).not.toContain('<script');
    expect(page).not.toContain('" onload');
    expect(page).toContain('&lt;script&gt;');
  });
});

describe('the report as Markdown', () => {
  it('has its sections, figures and timeline', () => {
    const text = incidentMarkdown(assembleIncident(incidentRows()), AT);
    expect(text.match(/^## .+$/gm)).toEqual([
      '## Summary',
      '## Likely cause',
      '## Budgets touched',
      '## Timeline',
      '## What we learned',
      '## Actions',
    ]);
    expect(text).toContain('| Time to detect | 4.0 s |');
    expect(text).toContain('| 03:00:04 | The breaker of kimi opened: 3 failures in a row. |');
  });

  it('takes what came from outside as text on one line', () => {
    const text = incidentMarkdown(hostile, AT);
    expect(text).not.toContain('<script');
    expect(text).not.toMatch(/(?<!\\)\]\(/);
    for (const line of text.split('\n').filter((row) => row.startsWith('| Primary'))) {
      expect(line.match(/(?<!\\)\|/g)).toHaveLength(3);
    }
  });
});

describe('markup', () => {
  it('never comes out of any text', () => {
    fc.assert(fc.property(fc.string(), (text) => !/[<>"']/.test(escapeMarkup(text))));
  });
});

describe('a chart', () => {
  it('leaves gaps, shows a lone point, and never leaves its frame', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.double({ min: 0, max: 1e9, noNaN: true })), { maxLength: 50 }), (values) => {
        const points = values.map((value, index) => ({ at: 1000 + index, value }));
        const svg = linesSvg({ since: 1000, until: 1050, marks: [], lines: [{ name: 'a', points }], format: String });
        const path = /<path d="([^"]*)"/.exec(svg)?.[1] ?? '';
        expect(path).not.toMatch(/NaN|Infinity/);
        const heights = [...path.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, , y]) => Number(y));
        expect(heights).toHaveLength(values.filter((value) => value !== null).length);
        expect(heights.every((y) => y >= 0 && y <= 160)).toBe(true);
      }),
    );
  });
});
