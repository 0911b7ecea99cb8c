import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exerciseEverything, metricsUnderTest } from '../../support/metrics-fixtures.ts';

const monitoring = new URL('../../../monitoring/', import.meta.url).pathname;
const dashboardText = readFileSync(join(monitoring, 'grafana-dashboard.json'), 'utf8');

const has = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;
const promtool = has('promtool');
const amtool = has('amtool');
if (!promtool || !amtool) {
  const missing = [promtool ? [] : 'promtool', amtool ? [] : 'amtool'].flat().join(' and ');
  console.warn(
    `\n*** LEFT OUT: ${missing} not found, so the Prometheus files are not checked with them. ` +
      'Install Debian packages prometheus and prometheus-alertmanager. ***\n',
  );
}

interface Rule {
  alert: string;
  expr: string;
}
interface Panel {
  id: number;
  title: string;
  type: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { refId: string; expr: string }[];
}
interface Dashboard {
  schemaVersion: number;
  panels: Panel[];
  links: { url: string }[];
  templating: { list: { name: string }[] };
  annotations: { list: { name: string; expr: string }[] };
}

const rules = (
  parse(readFileSync(join(monitoring, 'prometheus/alerts.yml'), 'utf8')) as { groups: { rules: Rule[] }[] }
).groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(dashboardText) as Dashboard;
const panelExpressions = dashboard.panels.flatMap((panel) => (panel.targets ?? []).map(({ expr }) => expr));
const dashboardExpressions = [...panelExpressions, ...dashboard.annotations.list.map(({ expr }) => expr)];

function run(tool: string, args: string[], input?: string): string {
  const { status, stdout, stderr } = spawnSync(tool, args, {
    encoding: 'utf8',
    ...(input === undefined ? {} : { input }),
  });
  return status === 0 ? '' : `${stdout}${stderr}`;
}

async function fullPage(): Promise<string> {
  const under = metricsUnderTest(['kimi', 'claude']);
  exerciseEverything(under);
  return under.page();
}

describe('alerts and dashboard', () => {
  it('speak only of metrics and labels that exist', async () => {
    const page = await fullPage();
    const series = new Set([...page.matchAll(/^([a-z_]+)(?:\{| )/gm)].map(([, name]) => name));
    const used = [...rules.map(({ expr }) => expr), ...dashboardExpressions].flatMap(
      (expr) => expr.match(/\b(?:llm|switchyard)_[a-z_]+/g) ?? [],
    );
    expect(used.length).toBeGreaterThan(40);
    expect([...new Set(used)].filter((name) => !series.has(name))).toEqual([]);
    const labels = new Set([...page.matchAll(/([a-z_]+)="/g)].map(([, label]) => label));
    const usedLabels = [...rules, ...dashboardExpressions.map((expr) => ({ expr }))].flatMap(({ expr }) =>
      [...expr.matchAll(/([a-z_]+)=~?"/g)].map(([, label]) => label),
    );
    expect([...new Set(usedLabels)].filter((label) => label !== 'job' && !labels.has(label))).toEqual([]);
  });

  it('hold the four agreed rules as they were agreed', () => {
    const expression = (alert: string): string | undefined => rules.find((rule) => rule.alert === alert)?.expr;
    expect(expression('PrimaryModelDown')).toBe('llm_model_health{model_name="kimi_k2_self_hosted"} == 0');
    expect(expression('UsingFallbackModel')).toBe('rate(llm_requests_total{model_name=~"claude.*|gpt.*"}[5m]) > 0');
    expect(expression('APIUsageHigh')).toBe(
      'sum(increase(llm_requests_total{model_name=~"claude.*|gpt.*"}[24h])) > 1000',
    );
    expect(expression('AllModelsDown')).toBe('sum(llm_model_health) == 0');
  });

  it('test every rule', () => {
    const tests = readFileSync(join(monitoring, 'prometheus/alerts_test.yml'), 'utf8');
    expect(rules.map(({ alert }) => alert).filter((alert) => !tests.includes(`alertname: ${alert}\n`))).toEqual([]);
  });
});

describe('the dashboard', () => {
  it('has panels with distinct ids that do not overlap and stay on the grid', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(41);
    const cells = new Map<string, string>();
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(cells.get(`${x},${y}`), title).toBeUndefined();
          cells.set(`${x},${y}`, title);
        }
      }
    }
  });

  it('is made of panels that Grafana still has, each with its own questions to the chosen data source', () => {
    // https://grafana.com/docs/grafana/latest/panels-visualizations/visualizations/; `graph` and `singlestat` are gone.
    const current = ['row', 'stat', 'gauge', 'bargauge', 'piechart', 'state-timeline', 'timeseries', 'table', 'text'];
    expect(dashboard.panels.filter(({ type }) => !current.includes(type))).toEqual([]);
    const dataSources = [...dashboardText.matchAll(/"uid": "([^"]+)"/g)].map(([, uid]) => uid);
    expect(new Set(dataSources)).toEqual(new Set(['switchyard', '${datasource}']));
    for (const { title, targets = [] } of dashboard.panels) {
      const ids = targets.map(({ refId }) => refId);
      expect(new Set(ids).size, title).toBe(ids.length);
    }
  });

  it('leads to the console and marks what happened', () => {
    expect(dashboard.links.map(({ url }) => url)).toEqual(['${console}']);
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['datasource', 'model', 'console']);
    expect(dashboard.annotations.list.map(({ name }) => name)).toEqual([
      'Breaker opened',
      'Forced by an operator',
      'Alert fires',
    ]);
  });

  it('has the five agreed panels', () => {
    const panel = (title: string): string | undefined => dashboard.panels.find((one) => one.title === title)?.type;
    expect(panel('Model health status')).toBe('gauge');
    expect(panel('Request distribution')).toBe('piechart');
    expect(panel('Fallback event timeline')).toBe('timeseries');
    expect(panel('Latency comparison')).toBe('timeseries');
    expect(panel('API usage, 24 h')).toBe('stat');
  });

  it.runIf(promtool)('asks only what Prometheus understands', () => {
    const directory = mkdtempSync(join(tmpdir(), 'switchyard-dashboard-'));
    try {
      const ready = dashboardExpressions.map((expr) =>
        expr.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '6h').replaceAll('$model', '.*'),
      );
      const recording = ready.map((expr, index) => ({ record: `panel:${index}`, expr }));
      const file = join(directory, 'rules.json');
      writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules: recording }] }));
      expect(run('promtool', ['check', 'rules', file])).toBe('');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('the panel of who serves', () => {
  const verdicts = (instance: string, holds: string) =>
    ['primary', 'fallback', 'down'].map((verdict) => ({
      series: `switchyard_verdict{instance="${instance}",verdict="${verdict}"}`,
      values: verdict === holds ? '1' : '0',
    }));

  it.runIf(promtool).each([
    ['primary', 'primary', 1],
    ['primary', 'fallback', 2],
    ['fallback', 'down', 3],
  ])('shows of two gateways, %s and %s, the one that fares worst', (first, second, shown) => {
    const directory = mkdtempSync(join(tmpdir(), 'switchyard-dashboard-'));
    try {
      const expr = dashboard.panels.find(({ title }) => title === 'Serving')?.targets?.[0]?.expr;
      const test = {
        interval: '1m',
        input_series: [...verdicts('a', first), ...verdicts('b', second)],
        promql_expr_test: [{ expr, eval_time: '0m', exp_samples: [{ labels: '{}', value: shown }] }],
      };
      const file = join(directory, 'test.json');
      writeFileSync(file, JSON.stringify({ rule_files: [], tests: [test] }));
      expect(run('promtool', ['test', 'rules', file])).toBe('');
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('the Prometheus files', () => {
  it.runIf(promtool).each([
    ['the scrape configuration', ['check', 'config', join(monitoring, 'prometheus/prometheus.yml')]],
    ['the rules', ['check', 'rules', join(monitoring, 'prometheus/alerts.yml')]],
    ['what the rules do', ['test', 'rules', join(monitoring, 'prometheus/alerts_test.yml')]],
  ])('%s passes promtool', (_, args) => {
    expect(run('promtool', args)).toBe('');
  });

  it.runIf(promtool)('the metrics page passes promtool without a remark', async () => {
    expect(run('promtool', ['check', 'metrics'], await fullPage())).toBe('');
  });

  it.runIf(amtool)('the Alertmanager example passes amtool', () => {
    expect(run('amtool', ['check-config', join(monitoring, 'alertmanager/alertmanager.yml')])).toBe('');
  });
});
