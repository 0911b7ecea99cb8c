import type { AlertNotice, AlertSeverity, NotifyChannel } from '../../../shared/domain/alerts.ts';
import type { Environment, NotifyConfig } from '../registry/types.ts';
import type { NotifyLinks } from './notify-message.ts';
import { pagerDutyPayload, signatureHeaders, slackPayload, webhookPayload } from './payloads.ts';

/** One HTTP request to a channel. */
export interface Outgoing {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** A place that notifications go to. `outgoing` is null for the desktop, which takes no request. */
export interface Channel {
  describe: NotifyChannel;
  /** How many notices one message takes. */
  grouped: boolean;
  outgoing: ((notices: readonly AlertNotice[], id: string, atSeconds: number, links: NotifyLinks) => Outgoing) | null;
}

const GRAVITY: Readonly<Record<AlertSeverity, number>> = { info: 0, warning: 1, critical: 2 };

/** Whether a channel wants to hear of an alert. */
export function wants({ describe }: Channel, { alert }: AlertNotice): boolean {
  return describe.problem === null && GRAVITY[alert.severity] >= GRAVITY[describe.minimum_severity];
}

/** The channels that the registry and the environment make; those that lack something say what. */
export function channelsOf(config: NotifyConfig, environment: Environment, desktop: boolean): Channel[] {
  return [
    ...slackChannel(config.slack, environment),
    ...pagerDutyChannel(config.pagerduty, environment),
    ...webhookChannel(config.webhook, environment),
    ...desktopChannel(config.desktop, desktop),
  ];
}

function slackChannel(config: NotifyConfig['slack'], environment: Environment): Channel[] {
  const url = environment[config.urlEnv];
  if (url === undefined && !config.written) return [];
  const problem = url === undefined ? `${config.urlEnv} is not set` : urlProblem(url, config.urlEnv);
  return [
    {
      describe: {
        name: 'slack',
        kind: 'slack',
        target: hostOf(url),
        minimum_severity: config.minimumSeverity,
        problem,
      },
      grouped: true,
      outgoing: (notices, _id, _at, links) => json(url ?? '', slackPayload(notices, links)),
    },
  ];
}

function pagerDutyChannel(config: NotifyConfig['pagerduty'], environment: Environment): Channel[] {
  const key = environment[config.keyEnv];
  if (key === undefined && !config.written) return [];
  return [
    {
      describe: {
        name: 'pagerduty',
        kind: 'pagerduty',
        target: hostOf(config.url),
        minimum_severity: config.minimumSeverity,
        problem: key === undefined ? `${config.keyEnv} is not set` : null,
      },
      grouped: false,
      outgoing: ([notice], _id, _at, links) => {
        if (!notice) throw new Error('PagerDuty takes one notice at a time.');
        return json(config.url, pagerDutyPayload(notice, key ?? '', links));
      },
    },
  ];
}

function webhookChannel(config: NotifyConfig['webhook'], environment: Environment): Channel[] {
  if (config === null) return [];
  const secret = config.secretEnv === null ? null : (environment[config.secretEnv] ?? null);
  const problem = config.secretEnv !== null && secret === null ? `${config.secretEnv} is not set` : null;
  return [
    {
      describe: {
        name: 'webhook',
        kind: 'webhook',
        target: hostOf(config.url),
        minimum_severity: config.minimumSeverity,
        problem,
      },
      grouped: true,
      outgoing: (notices, id, at, links) => {
        const { url, headers, body } = json(config.url, webhookPayload(notices, links));
        return { url, body, headers: { ...headers, ...signatureHeaders(id, at, body, secret) } };
      },
    },
  ];
}

function desktopChannel(config: NotifyConfig['desktop'], available: boolean): Channel[] {
  if (!config.enabled || (!available && !config.written)) return [];
  return [
    {
      describe: {
        name: 'desktop',
        kind: 'desktop',
        target: 'this computer',
        minimum_severity: config.minimumSeverity,
        problem: available ? null : 'only the desktop console shows native notifications',
      },
      grouped: false,
      outgoing: null,
    },
  ];
}

function json(url: string, body: unknown): Outgoing {
  return { url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function urlProblem(url: string, name: string): string | null {
  return URL.canParse(url) && /^https?:/.test(url) ? null : `${name} is not a URL`;
}

/** The host alone: the rest of a webhook's address is its secret. */
function hostOf(url: string | undefined): string {
  return url !== undefined && URL.canParse(url) ? new URL(url).host : '';
}
