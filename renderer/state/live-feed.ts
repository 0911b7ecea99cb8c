import type { LiveMessage } from '../../shared/domain/live.ts';
import type { RequestSummary } from '../../shared/domain/request.ts';
import { RECENT_REQUESTS_KEPT, reduceLive, type LiveState } from './live-reducer.ts';

/** Where the feed writes and when it may paint; passed in so that it can be tested without a screen. */
export interface LiveFeedHost {
  read: () => LiveState;
  write: (state: LiveState) => void;
  /** Runs `paint` before the next frame (`requestAnimationFrame`). A hidden window may never have one. */
  nextFrame: (paint: () => void) => void;
}

/**
 * Brings messages of one subscription into the live state. Transitions are written at once and in order; gauges and
 * request rows are held until the next frame, the newest gauges replacing older ones, so that a burst costs one paint
 * and a hidden window holds a bounded buffer.
 */
export interface LiveFeed {
  /** Takes the next message. `false` means that one was lost: the subscription has to start again with a snapshot. */
  accept: (message: LiveMessage) => boolean;
}

type Gauges = Extract<LiveMessage, { type: 'gauges' }>;
type Requests = Extract<LiveMessage, { type: 'requests' }>;

export function createLiveFeed(host: LiveFeedHost): LiveFeed {
  let expected: number | null = null;
  let gauges: Gauges | null = null;
  let requests: Requests | null = null;
  let frameDue = false;

  const flush = () => {
    const held = [gauges, requests].filter((message) => message !== null);
    [gauges, requests] = [null, null];
    if (held.length > 0) host.write(held.reduce<LiveState>(reduceLive, host.read()));
  };

  const paintSoon = () => {
    if (frameDue) return;
    frameDue = true;
    host.nextFrame(() => {
      frameDue = false;
      flush();
    });
  };

  const accept = (message: LiveMessage): boolean => {
    if (message.type !== 'snapshot' && message.seq !== expected) return false;
    expected = message.seq + 1;
    if (message.type === 'gauges') {
      gauges = message;
      paintSoon();
    } else if (message.type === 'requests') {
      requests = joinRequests(requests, message);
      paintSoon();
    } else {
      // Held gauges are older than this message: they go first, or a status would be overwritten by what preceded it.
      flush();
      host.write(reduceLive(host.read(), message));
    }
    return true;
  };

  return { accept };
}

function joinRequests(held: Requests | null, message: Requests): Requests {
  if (!held) return message;
  const rows: RequestSummary[] = [...message.requests, ...held.requests];
  const dropped = Math.max(0, rows.length - RECENT_REQUESTS_KEPT);
  return {
    ...message,
    requests: rows.toSorted((left, right) => right.started_at - left.started_at).slice(0, RECENT_REQUESTS_KEPT),
    skipped: held.skipped + message.skipped + dropped,
  };
}
