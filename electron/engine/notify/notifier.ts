import type { AlertNotice, Delivery, NotifyChannel } from '../../../shared/domain/alerts.ts';
import type { Clock, Random } from '../clock.ts';
import type { Environment, NotifyConfig } from '../registry/types.ts';
import { channelsOf, wants, type Channel } from './channels.ts';
import { nextStep, type TryResult } from './delivery-rules.ts';
import { messageOf, type NotifyLinks } from './notify-message.ts';
import { postMessage, type PostFetch } from './post-message.ts';

/** A notification that waits, with what it tells. */
export interface StoredDelivery {
  delivery: Delivery;
  notices: AlertNotice[];
}

/** One in line, with what decides about its next try. */
interface InLine extends StoredDelivery {
  /** Its pauses since this process knows it, together. */
  waitedMs: number;
  /** The next pause; 0 when it is due. */
  pauseMs: number;
}

interface DeliveryStorage {
  addDelivery(delivery: Omit<Delivery, 'id'>, notices: readonly AlertNotice[]): Delivery;
  saveDelivery(delivery: Delivery): void;
}

/** Shows a native notification; a click on it opens the console at `path`. */
export type ShowNotification = (title: string, body: string, path: string) => void;

export interface NotifierParts {
  clock: Clock;
  random: Random;
  fetch: PostFetch;
  storage: DeliveryStorage;
  /** Those that were on their way when the engine stopped, oldest first. */
  restored: readonly StoredDelivery[];
  config: () => NotifyConfig;
  environment: Environment;
  links: () => NotifyLinks;
  /** Null where there is no desktop. */
  showNotification: ShowNotification | null;
  onDelivery?: (channel: string, outcome: 'delivered' | 'failed' | 'given_up') => void;
}

/** Waiting notifications of one channel beyond which the oldest are given up. */
const MAXIMUM_WAITING = 1_000;

/**
 * Tells people. Everything to tell is stored before it is tried, and tried until it has arrived or hope is given up; per
 * channel in order, so that no end of an alert overtakes its beginning. Nothing here can hold up or fail its caller.
 */
export class Notifier {
  readonly #parts: NotifierParts;
  readonly #waiting = new Map<string, InLine[]>();
  readonly #busy = new Set<string>();
  readonly #timers = new Map<string, () => void>();
  #stopped = false;

  constructor(parts: NotifierParts) {
    this.#parts = parts;
    // Whatever they were to wait for: how long ago that was, a clock that was set meanwhile cannot say.
    for (const { delivery, notices } of parts.restored) {
      this.#queue(delivery.channel).push({ delivery, notices, waitedMs: 0, pauseMs: 0 });
    }
  }

  start(): void {
    for (const channel of this.#waiting.keys()) this.#run(channel);
  }

  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  channels(): NotifyChannel[] {
    return this.#channels().map(({ describe }) => describe);
  }

  /** Takes what is to be told and returns at once. */
  send(notices: readonly AlertNotice[]): void {
    for (const channel of this.#channels()) {
      const wanted = notices.filter((notice) => wants(channel, notice));
      for (const group of groupsOf(wanted, channel.grouped)) this.#add(channel.describe.name, group);
    }
  }

  /** Sends a test; null for a channel that does not exist. */
  test(name: string, operator: string): Delivery | null {
    const channel = this.#channels().find(({ describe }) => describe.name === name);
    if (!channel) return null;
    return this.#add(name, [testNotice(operator, this.#parts.clock.now())], true);
  }

  /** Notifications on their way, by channel. */
  waiting(): Map<string, number> {
    return new Map([...this.#waiting].map(([channel, waiting]) => [channel, waiting.length]));
  }

  #channels(): Channel[] {
    const { config, environment, showNotification } = this.#parts;
    return channelsOf(config(), environment, showNotification !== null);
  }

  #queue(channel: string): InLine[] {
    const queue = this.#waiting.get(channel) ?? [];
    this.#waiting.set(channel, queue);
    return queue;
  }

  #add(channel: string, notices: AlertNotice[], isTest = false): Delivery {
    const { clock, storage } = this.#parts;
    const [first] = notices;
    const delivery = storage.addDelivery(
      {
        created_at: clock.now(),
        channel,
        event: isTest ? 'test' : (first?.event ?? 'trigger'),
        alert_id: isTest ? null : (first?.alert.id ?? null),
        rule: isTest ? null : (first?.alert.rule ?? null),
        summary: notices.length > 1 ? `${notices.length} alerts: ${rulesOf(notices)}` : (first?.alert.summary ?? ''),
        status: 'waiting',
        attempts: 0,
        next_attempt_at: clock.now(),
        delivered_at: null,
        last_error: '',
      },
      notices,
    );
    const queue = this.#queue(channel);
    queue.push({ delivery, notices, waitedMs: 0, pauseMs: 0 });
    if (queue.length > MAXIMUM_WAITING) this.#giveUpOldest(queue);
    this.#run(channel);
    return delivery;
  }

  /** The newest say how things stand; of the first in line a try may be under way. */
  #giveUpOldest(queue: InLine[]): void {
    const [oldest] = queue.splice(1, 1);
    if (!oldest) return;
    const { storage, onDelivery } = this.#parts;
    const error = `More than ${MAXIMUM_WAITING} notifications were waiting.`;
    storage.saveDelivery({ ...oldest.delivery, status: 'given_up', next_attempt_at: null, last_error: error });
    onDelivery?.(oldest.delivery.channel, 'given_up');
  }

  /** Works off a channel's line, one at a time, until it is empty or has to wait. */
  #run(channel: string): void {
    if (this.#busy.has(channel) || this.#timers.has(channel)) return;
    const [first] = this.#queue(channel);
    if (!first || this.#stopped) return;
    if (first.pauseMs > 0) {
      const cancel = this.#parts.clock.after(first.pauseMs, () => {
        this.#timers.delete(channel);
        first.waitedMs += first.pauseMs;
        first.pauseMs = 0;
        this.#run(channel);
      });
      this.#timers.set(channel, cancel);
      return;
    }
    this.#busy.add(channel);
    void this.#try(first).then((result) => {
      this.#busy.delete(channel);
      if (this.#stopped) return;
      this.#note(first, result);
      this.#run(channel);
    });
  }

  async #try({ delivery, notices }: StoredDelivery): Promise<TryResult> {
    const channel = this.#channels().find(({ describe }) => describe.name === delivery.channel);
    const refused = (error: string): TryResult => ({ ok: false, status: null, error, retryAfterMs: null });
    if (!channel) return { ...refused('The channel is not configured any more.'), status: 404 };
    if (channel.describe.problem !== null) return refused(`${channel.describe.problem}.`);
    const { clock, fetch, links, showNotification } = this.#parts;
    try {
      if (channel.outgoing === null) {
        for (const notice of notices) {
          const { title, lines } = messageOf(notice, links());
          showNotification?.(title, lines[0] ?? '', `/alerts?alert=${encodeURIComponent(notice.alert.id)}`);
        }
        return { ok: true, status: null, error: '', retryAfterMs: null };
      }
      // The same id with every try, so that a receiver knows a repetition.
      const id = `switchyard_${delivery.created_at.toString(36)}_${delivery.id}`;
      const outgoing = channel.outgoing(notices, id, Math.floor(clock.now() / 1000), links());
      return await postMessage(fetch, outgoing, clock.now());
    } catch (error) {
      return refused(`It could not be sent: ${error instanceof Error ? error.name : 'unknown'}.`);
    }
  }

  #note(one: InLine, result: TryResult): void {
    const { clock, random, storage, onDelivery } = this.#parts;
    const now = clock.now();
    const attempts = one.delivery.attempts + 1;
    const step = nextStep(result, attempts, one.waitedMs, random());
    const done = step.kind !== 'retry';
    one.pauseMs = step.kind === 'retry' ? step.inMs : 0;
    one.delivery = {
      ...one.delivery,
      attempts,
      status: step.kind === 'delivered' ? 'delivered' : step.kind === 'give_up' ? 'given_up' : 'waiting',
      next_attempt_at: step.kind === 'retry' ? now + step.inMs : null,
      delivered_at: step.kind === 'delivered' ? now : null,
      last_error: result.error,
    };
    if (done) {
      const queue = this.#queue(one.delivery.channel);
      queue.splice(queue.indexOf(one), 1);
    }
    storage.saveDelivery(one.delivery);
    onDelivery?.(
      one.delivery.channel,
      step.kind === 'retry' ? 'failed' : step.kind === 'give_up' ? 'given_up' : 'delivered',
    );
  }
}

/** Of what is told together: one message for all of one event, or one each. */
function groupsOf(notices: readonly AlertNotice[], grouped: boolean): AlertNotice[][] {
  if (!grouped) return notices.map((notice) => [notice]);
  const events = ['trigger', 'acknowledge', 'resolve'] as const;
  return events.map((event) => notices.filter((notice) => notice.event === event)).filter(({ length }) => length > 0);
}

function rulesOf(notices: readonly AlertNotice[]): string {
  return [...new Set(notices.map(({ alert }) => alert.rule))].join(', ');
}

function testNotice(operator: string, at: number): AlertNotice {
  return {
    event: 'trigger',
    at,
    alert: {
      id: 'test',
      rule: 'TestNotification',
      severity: 'info',
      state: 'firing',
      labels: {},
      // Each test by itself: PagerDuty tells nobody of an event whose key it has open already.
      fingerprint: `TestNotification{at="${new Date(at).toISOString()}"}`,
      summary: `${operator} tests this channel. Nothing is wrong.`,
      response: '',
      checks: [],
      runbook: '',
      pending_since: at,
      firing_since: at,
      resolved_at: null,
      acknowledged: null,
      silence_id: null,
    },
  };
}
