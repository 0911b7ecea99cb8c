import { createHmac } from 'node:crypto';
import type { AlertNotice } from '../../../shared/domain/alerts.ts';
import { messageOf, type NotifyLinks } from './notify-message.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Slack cuts a section's text at 3,000 characters and refuses more (docs.slack.dev, Block Kit, section block). */
const SLACK_SECTION_LIMIT = 3000;
/** A message takes at most 50 blocks (docs.slack.dev, Block Kit). */
const SLACK_BLOCK_LIMIT = 50;
/** `payload.summary` takes at most 1,024 characters (developer.pagerduty.com, Events API v2). */
const PAGERDUTY_SUMMARY_LIMIT = 1024;
/** `dedup_key` takes at most 255 characters (developer.pagerduty.com, Events API v2). */
const PAGERDUTY_KEY_LIMIT = 255;

/** The body of a Slack incoming webhook: Block Kit, with a plain text for notifications and old clients. */
export function slackPayload(notices: readonly AlertNotice[], links: NotifyLinks): Json {
  const messages = notices.map((notice) => messageOf(notice, links));
  const shown = messages.slice(0, Math.floor(SLACK_BLOCK_LIMIT / 2) - 1);
  const blocks = shown.flatMap(({ title, lines, link }, index): Json[] => {
    const heading = link === null ? `*${mrkdwn(title)}*` : `*<${link}|${mrkdwn(title)}>*`;
    const text = [heading, ...lines.map(mrkdwn)].join('\n').slice(0, SLACK_SECTION_LIMIT);
    return [...(index > 0 ? [{ type: 'divider' }] : []), { type: 'section', text: { type: 'mrkdwn', text } }];
  });
  const more = messages.length - shown.length;
  return {
    text: messages.map(({ title, lines }) => mrkdwn(`${title}: ${lines[0] ?? ''}`)).join('\n'),
    blocks:
      more > 0
        ? [...blocks, { type: 'context', elements: [{ type: 'mrkdwn', text: `and ${more} more in the console` }] }]
        : blocks,
  };
}

/** Characters that Slack reads as its own (docs.slack.dev, formatting text). */
function mrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** PagerDuty's severities (developer.pagerduty.com, Events API v2). */
const PAGERDUTY_SEVERITY = { critical: 'critical', warning: 'warning', info: 'info' } as const;

/** One event for PagerDuty's Events API v2. All events of one alert carry its fingerprint as their key. */
export function pagerDutyPayload(notice: AlertNotice, routingKey: string, links: NotifyLinks): Json {
  const { event, alert } = notice;
  const { title, lines, link } = messageOf(notice, links);
  const common = {
    routing_key: routingKey,
    event_action: event,
    dedup_key: alert.fingerprint.slice(0, PAGERDUTY_KEY_LIMIT),
  };
  if (event !== 'trigger') return common;
  return {
    ...common,
    payload: {
      summary: `${links.simulated ? '[SIMULATED] ' : ''}${alert.rule}: ${alert.summary}`.slice(
        0,
        PAGERDUTY_SUMMARY_LIMIT,
      ),
      source: links.source,
      severity: PAGERDUTY_SEVERITY[alert.severity],
      timestamp: new Date(alert.firing_since ?? notice.at).toISOString(),
      component: alert.labels['model_name'] ?? 'gateway',
      class: alert.rule,
      custom_details: { title, details: lines, labels: alert.labels },
    },
    client: 'Switchyard',
    ...(link === null ? {} : { client_url: link, links: [{ href: link, text: 'The alert in the console' }] }),
  };
}

/** The body of the generic webhook: the alerts as the API has them, and their words. */
export function webhookPayload(notices: readonly AlertNotice[], links: NotifyLinks): Json {
  return {
    type: 'switchyard.alerts',
    source: links.source,
    simulated: links.simulated,
    notices: notices.map((notice) => {
      const { title, lines, link } = messageOf(notice, links);
      return { event: notice.event, at: notice.at, title, lines, link, alert: toJson(notice.alert) };
    }),
  };
}

function toJson(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/**
 * Signature headers of the generic webhook, as the Standard Webhooks specification has them: HMAC-SHA256 over
 * `id.timestamp.body`, base64, with the version in front (standardwebhooks.com). Without a secret there is no signature.
 */
export function signatureHeaders(
  id: string,
  atSeconds: number,
  body: string,
  secret: string | null,
): Record<string, string> {
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(atSeconds) };
  if (secret === null) return headers;
  const signature = createHmac('sha256', keyOf(secret)).update(`${id}.${atSeconds}.${body}`).digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}

/** A secret with the prefix `whsec_` is base64 behind it; any other is taken as it is written. */
function keyOf(secret: string): Buffer {
  const prefix = 'whsec_';
  return secret.startsWith(prefix) ? Buffer.from(secret.slice(prefix.length), 'base64') : Buffer.from(secret, 'utf8');
}
