import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

export const MONITORING = new URL('../../monitoring/', import.meta.url).pathname;

/** Debian calls Alertmanager `prometheus-alertmanager`; elsewhere it has its own name. */
const ALERTMANAGERS = ['prometheus-alertmanager', 'alertmanager'];
const EVALUATION = '250ms';
/** Instead of minutes, so that a test need not wait for them; the expressions stay as they are. */
const SHORT_FOR = '1s';

/** The program of the first of these names that runs; null where none does. */
export function findProgram(...names: string[]): string | null {
  return names.find((name) => spawnSync(name, ['--version']).status === 0) ?? null;
}

/** The two programs; null where one is missing, which is said aloud. */
export function findMonitoringPrograms(): { prometheus: string; alertmanager: string } | null {
  const prometheus = findProgram('prometheus');
  const alertmanager = findProgram(...ALERTMANAGERS);
  if (prometheus && alertmanager) return { prometheus, alertmanager };
  const missing = [prometheus ? [] : 'prometheus', alertmanager ? [] : 'alertmanager'].flat().join(' and ');
  console.warn(
    `\n*** LEFT OUT: ${missing} not found, so the rules are not tried on a live Prometheus. ` +
      'Install Debian packages prometheus and prometheus-alertmanager. ***\n',
  );
  return null;
}

export interface RuleFile {
  groups: { name: string; interval?: string; rules: { alert: string; expr: string; for?: string }[] }[];
}

interface Sample {
  metric: Record<string, string>;
  value: [number, string];
}

export interface MonitoringStack {
  /** The value of an expression now. Throws with Prometheus' own words for one that it refuses. */
  query(expression: string): Promise<Sample[]>;
  /** Takes these series' samples up to now out of the past. */
  forget(matcher: string): Promise<void>;
  stop(): Promise<void>;
}

export interface StackOptions {
  programs: { prometheus: string; alertmanager: string };
  /** Host and port of the gateway. */
  target: string;
  /** Where Alertmanager posts its notifications. */
  webhook: string;
}

/**
 * Prometheus and Alertmanager in a temporary directory, on ports that were free a moment ago, with the project's own rules,
 * routes and inhibitions. Only their tempo is another: evaluated four times a second, firing after a second.
 */
export async function startMonitoringStack({ programs, target, webhook }: StackOptions): Promise<MonitoringStack> {
  const directory = await mkdtemp(join(tmpdir(), 'switchyard-monitoring-'));
  const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()];
  const file = (name: string, content: unknown): string => {
    const path = join(directory, name);
    writeFileSync(path, stringify(content));
    return path;
  };
  file('alerts.yml', hastened(readYaml('prometheus/alerts.yml') as RuleFile));
  const alertmanager = run(programs.alertmanager, directory, [
    `--config.file=${file('alertmanager.yml', withWebhook(webhook))}`,
    `--storage.path=${join(directory, 'alertmanager')}`,
    `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
    '--cluster.listen-address=',
  ]);
  const prometheus = run(programs.prometheus, directory, [
    `--config.file=${file('prometheus.yml', scrapeConfiguration(target, prometheusPort, alertmanagerPort))}`,
    `--storage.tsdb.path=${join(directory, 'prometheus')}`,
    `--web.listen-address=127.0.0.1:${prometheusPort}`,
    '--web.enable-admin-api',
  ]);
  const url = `http://127.0.0.1:${prometheusPort}`;
  await Promise.all([
    ready(`${url}/-/ready`, prometheus),
    ready(`http://127.0.0.1:${alertmanagerPort}/-/ready`, alertmanager),
  ]);
  return {
    async query(expression) {
      const answer = await fetch(`${url}/api/v1/query`, {
        method: 'POST',
        body: new URLSearchParams({ query: expression }),
      });
      const body = (await answer.json()) as { status: string; error?: string; data: { result: Sample[] } };
      if (body.status !== 'success') throw new Error(`${expression}: ${body.error}`);
      return body.data.result;
    },
    async forget(matcher) {
      const question = new URLSearchParams({ 'match[]': matcher, end: String(Date.now() / 1000) });
      const answer = await fetch(`${url}/api/v1/admin/tsdb/delete_series?${question}`, { method: 'POST' });
      if (!answer.ok) throw new Error(`Prometheus did not forget ${matcher}: ${answer.status}`);
    },
    async stop() {
      await Promise.all([prometheus.stop(), alertmanager.stop()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export function readYaml(path: string): unknown {
  return parse(readFileSync(join(MONITORING, path), 'utf8'));
}

function hastened({ groups }: RuleFile): RuleFile {
  return {
    groups: groups.map((group) => ({
      ...group,
      interval: EVALUATION,
      rules: group.rules.map((rule) => (rule.for === undefined ? rule : { ...rule, for: SHORT_FOR })),
    })),
  };
}

interface AlertmanagerConfiguration {
  route: Record<string, unknown> & { routes: Record<string, unknown>[] };
  receivers: { name: string }[];
}

function withWebhook(webhook: string): unknown {
  const own = readYaml('alertmanager/alertmanager.yml') as AlertmanagerConfiguration;
  return {
    ...own,
    route: { ...own.route, group_wait: '100ms', group_interval: '250ms' },
    receivers: own.receivers.map(({ name }) => ({
      name,
      webhook_configs: [{ url: `${webhook}/${name}`, send_resolved: true }],
    })),
  };
}

function scrapeConfiguration(target: string, prometheusPort: number, alertmanagerPort: number): unknown {
  return {
    global: { scrape_interval: EVALUATION, scrape_timeout: EVALUATION, evaluation_interval: EVALUATION },
    rule_files: ['alerts.yml'],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }] },
    scrape_configs: [
      { job_name: 'switchyard', static_configs: [{ targets: [target] }] },
      { job_name: 'prometheus', static_configs: [{ targets: [`127.0.0.1:${prometheusPort}`] }] },
    ],
  };
}

interface RunningProgram {
  ended: Promise<unknown>;
  output: () => string;
  stop(): Promise<void>;
}

function run(program: string, directory: string, options: string[]): RunningProgram {
  const child = spawn(program, [...options, '--log.level=warn'], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data: Buffer) => (output += data.toString('utf8')));
  }
  const ended = once(child, 'exit');
  return {
    ended,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Waits until a program answers that it is ready. Throws with all it said when it ends instead. */
async function ready(url: string, program: RunningProgram): Promise<void> {
  let over = false;
  void program.ended.then(() => (over = true));
  for (;;) {
    if (over) throw new Error(`It ended before it was ready:\n${program.output()}`);
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A port that nobody listens on now: these programs cannot be told to pick one and say which. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
