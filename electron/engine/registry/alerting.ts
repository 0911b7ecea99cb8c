import type { RegistryFile } from './schema.ts';
import type { AlertConfig, NotifyConfig } from './types.ts';

const EVALUATION_SECONDS = 15;
/** developer.pagerduty.com, Events API v2; accounts in the EU have a host of their own. */
const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';

/** The section `alerts`, with what it leaves out. */
export function buildAlerts(file: RegistryFile['alerts'], alertOnFallback: boolean): AlertConfig {
  const rules = Object.entries(file?.rules ?? {}).flatMap(([name, rule]) => {
    if (!rule) return [];
    const { for_seconds: forSeconds, ...same } = rule;
    return [[name, { ...same, ...(forSeconds !== undefined && { forSeconds }) }] as const];
  });
  return {
    enabled: file?.enabled ?? true,
    evaluationMs: (file?.evaluation_seconds ?? EVALUATION_SECONDS) * 1000,
    alertOnFallback,
    rules: Object.fromEntries(rules),
  };
}

/** The section `notify`. Slack and PagerDuty are there by their environment key alone; a pager hears of what is critical. */
export function buildNotify(file: RegistryFile['notify']): NotifyConfig {
  const { slack, pagerduty, webhook, desktop } = file ?? {};
  return {
    slack: {
      urlEnv: slack?.webhook_url_env ?? 'SLACK_WEBHOOK_URL',
      minimumSeverity: slack?.minimum_severity ?? 'warning',
      written: slack !== undefined,
    },
    pagerduty: {
      keyEnv: pagerduty?.routing_key_env ?? 'PAGERDUTY_ROUTING_KEY',
      url: pagerduty?.url ?? PAGERDUTY_URL,
      minimumSeverity: pagerduty?.minimum_severity ?? 'critical',
      written: pagerduty !== undefined,
    },
    webhook: webhook
      ? {
          url: webhook.url,
          secretEnv: webhook.secret_env ?? null,
          minimumSeverity: webhook.minimum_severity ?? 'info',
          written: true,
        }
      : null,
    desktop: {
      enabled: desktop !== false,
      minimumSeverity: (typeof desktop === 'object' ? desktop.minimum_severity : undefined) ?? 'warning',
      written: desktop !== undefined && desktop !== false,
    },
  };
}
