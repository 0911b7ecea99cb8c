import type { ProviderStatus } from '../../../shared/domain/provider.ts';
import type { Status } from '../../../shared/domain/status.ts';
import { troubleKind, troubleWords, type TroubleKind } from '../../state/reason-words.ts';

/** One thing to do, with the commands for it; commands are complete and safe to paste. */
interface RunbookStep {
  title: string;
  words: string;
  commands: readonly string[];
}

interface Runbook {
  /** What is wrong, in a sentence. */
  trouble: string;
  /** What Switchyard has done already and goes on doing. */
  already: string;
  /** What to do, the likeliest first. */
  steps: readonly RunbookStep[];
  /** How one sees that it worked. */
  done: string;
}

/**
 * What to do about one provider: by where it runs and by what its newest reason says. The commands are those of
 * docs/runbook.md with this installation's names in them.
 */
export function runbookOf(provider: ProviderStatus, status: Status): Runbook {
  const reason = provider.isolation ? '' : troubleReason(provider);
  const kind = troubleKind(reason);
  const name = provider.display_name;
  return {
    trouble: troubleSentence(provider, kind, reason),
    already: alreadyDone(provider, status),
    steps: [...stepsFor(provider, kind), ...forceStep(provider, status)],
    done: `The card of ${name} turns to healthy, then its share of the traffic rises in steps. Nothing has to be switched back by hand.`,
  };
}

/** True where an operator has something to look into. */
export function needsRunbook({ health, breaker, isolation, key }: ProviderStatus): boolean {
  return health.status === 'unhealthy' || breaker.state === 'open' || isolation !== null || key === 'missing';
}

function troubleReason({ health, breaker, key, key_env: keyName }: ProviderStatus): string {
  if (key === 'missing') return `its key ${keyName ?? ''} is missing`;
  return health.status === 'healthy' ? (breaker.reason ?? '') : health.reason;
}

function troubleSentence(provider: ProviderStatus, kind: TroubleKind, reason: string): string {
  const { display_name: name, isolation, health } = provider;
  if (isolation) return `${name} was taken out by ${isolation.operator}: ${isolation.reason}.`;
  if (health.status === 'healthy' && reason === '') return `${name} is healthy. This is what helps when it is not.`;
  return `${name} ${troubleWords(kind)}${reason === '' ? '' : `: ${reason}`}.`;
}

function alreadyDone(provider: ProviderStatus, status: Status): string {
  const serving = status.providers.find(({ name }) => name === status.serving);
  const others =
    provider.role === 'other' || serving?.name === provider.name
      ? ''
      : serving
        ? ` ${serving.display_name} takes its requests.`
        : ' No other provider can take its requests: callers get an error with the reason.';
  return `Switchyard keeps probing it and sends it no requests until it answers.${others}`;
}

function stepsFor(provider: ProviderStatus, kind: TroubleKind): RunbookStep[] {
  if (provider.isolation) return [rejoinStep(provider)];
  return provider.deployment === 'self-hosted' ? selfHostedSteps(provider, kind) : apiSteps(provider, kind);
}

function rejoinStep({ display_name: name }: ProviderStatus): RunbookStep {
  return {
    title: 'Put it back',
    words: `Once the work on ${name} is done, choose "Put back" in the menu of its card. It never ends by itself.`,
    commands: [],
  };
}

const LIKELY: Readonly<Partial<Record<TroubleKind, string>>> = {
  unreachable: 'The server is not running, or the network to it is broken.',
  timeout: 'The server hangs or is overloaded: a hung GPU is likely.',
  loading: 'The server is loading its weights, which takes 5 to 10 minutes, or its engine has died.',
  overloaded: 'Its queue is full: more is sent than it can batch.',
  model_missing: 'The server runs, with another model than the registry names.',
};

function selfHostedSteps(provider: ProviderStatus, kind: TroubleKind): RunbookStep[] {
  const base = provider.endpoint.replace(/\/v1\/?$/, '').replace(/\/$/, '');
  const { deployment, namespace } = workloadOf(provider);
  const workload = `deployment/${deployment} -n ${namespace}`;
  const ask: RunbookStep = {
    title: 'Ask the server itself',
    words: LIKELY[kind] ?? 'See whether it answers, and with which model.',
    commands: [`curl -sS -m 5 -i ${base}/health`, `curl -sS -m 5 ${base}/v1/models`],
  };
  if (kind === 'model_missing') {
    return [
      ask,
      {
        title: 'Make the names agree',
        words: `Set "model" of ${provider.name} in the registry to what the server lists, or start the server with the model that the registry names. Saving the file is enough.`,
        commands: [],
      },
    ];
  }
  return [
    ask,
    {
      title: 'Read its log',
      words: 'The last lines say why it stopped: out of GPU memory, a hung GPU, or a crash.',
      commands: [`kubectl logs ${workload} --tail=200`, `kubectl exec ${workload} -- nvidia-smi`],
    },
    {
      title: 'Restart it',
      words:
        'Out of memory: lower --gpu-memory-utilization or the batch size first. Loading the model takes 5 to 10 minutes.',
      commands: [`kubectl rollout restart ${workload}`, `kubectl rollout status ${workload} --timeout=15m`],
    },
  ];
}

function apiSteps(provider: ProviderStatus, kind: TroubleKind): RunbookStep[] {
  const key = provider.key_env ?? 'API_KEY';
  const probe = modelsCommand(provider, key);
  switch (kind) {
    case 'unauthorized':
      return [
        {
          title: 'Check its key',
          words: `Switchyard reads ${key} when it starts. Set a valid one, in the environment or in .env beside the registry, and restart it.`,
          commands: [`test -n "$${key}" && echo "${key} is set" || echo "${key} is missing"`, probe],
        },
      ];
    case 'exhausted':
      return [
        {
          title: 'Top up the account',
          words: `The account behind ${key} has no credit or has met its spend limit. Once it has, press "Probe now" on the card.`,
          commands: [probe],
        },
      ];
    case 'rate_limited':
    case 'overloaded':
      return [
        {
          title: 'Wait, or send it less',
          words:
            'It is left alone for as long as it asked for, then tried again. If it comes back, set limits.requests_per_second or limits.tokens_per_minute below what the account allows.',
          commands: [probe],
        },
      ];
    default:
      return [
        {
          title: 'Ask it from this machine',
          words: `An answer here and none through Switchyard points at the registry; none at all points at the network, a proxy, or the vendor: see its status page.`,
          commands: [probe, `curl -sS -m 5 -o /dev/null -w '%{http_code} %{time_total}s\\n' ${provider.endpoint}`],
        },
      ];
  }
}

/** The listing of models, with the headers each API asks for: https://docs.anthropic.com and https://platform.openai.com/docs. */
function modelsCommand({ adapter, endpoint }: ProviderStatus, key: string): string {
  const base = endpoint.replace(/\/$/, '');
  const url = base.endsWith('/v1') ? `${base}/models` : `${base}/v1/models`;
  const header =
    adapter === 'anthropic'
      ? `-H "x-api-key: $${key}" -H "anthropic-version: 2023-06-01"`
      : `-H "authorization: Bearer $${key}"`;
  return `curl -sS -m 10 ${url} ${header}`;
}

/** Serving everything elsewhere for a while is the last resort, and a way to work on the failing one in peace. */
function forceStep(provider: ProviderStatus, status: Status): RunbookStep[] {
  const other = status.providers.find(
    ({ name, role, health }) => name !== provider.name && role !== 'other' && health.status === 'healthy',
  );
  if (!other || provider.role === 'other') return [];
  return [
    {
      title: 'Keep traffic away while you work',
      words: `Until you are sure of it, hold everything on ${other.display_name}. It expires by itself.`,
      commands: [
        `switchyard force ${other.name} --ttl 30m --reason "working on ${provider.name}"`,
        'switchyard status',
      ],
    },
  ];
}

/**
 * The Kubernetes workload behind an endpoint: service names carry it (`name.namespace.svc…`). An address says nothing,
 * so there the names of the reference deployment stand for a Kimi, and placeholders for anything else.
 */
export function workloadOf({ name, endpoint }: Pick<ProviderStatus, 'name' | 'endpoint'>): {
  deployment: string;
  namespace: string;
} {
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname : '';
  const [first = '', second, third] = host.split('.');
  if (second !== undefined && third === 'svc') return { deployment: first, namespace: second };
  const isAddress = host === 'localhost' || /^[\d.]+$|:/.test(host) || host === '';
  if (!isAddress && second === undefined) return { deployment: first, namespace: 'NAMESPACE' };
  return name.startsWith('kimi_k2')
    ? { deployment: 'kimi-k2-inference', namespace: 'executive-brain' }
    : { deployment: 'DEPLOYMENT', namespace: 'NAMESPACE' };
}
