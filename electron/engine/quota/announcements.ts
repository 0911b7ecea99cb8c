import type { EventBus } from '../events.ts';
import type { DailyCounter } from './daily-counter.ts';
import type { Instant, LimitSet } from './limit-set.ts';

/**
 * Tells once per day that a budget is gone, once that it is back (a new day, or a raised limit), and once that its soft
 * limit is reached. Answers whether an exhaustion was told.
 */
export function announce(set: LimitSet, events: EventBus, at: Instant): boolean {
  let closed = false;
  for (const counter of set.daily()) {
    if (counter.exhausted && counter.announcedFor !== counter.window.start) {
      counter.announcedFor = counter.window.start;
      counter.announcedLimit = counter.bounds.hard;
      events.emit('quota_exhausted', set.dailyStatus(counter, at));
      closed = true;
    } else if (!counter.exhausted && isReopened(counter)) {
      counter.announcedFor = null;
      events.emit('quota_reopened', set.dailyStatus(counter, at));
    }
    announceSoft(counter, set, events, at);
  }
  return closed;
}

function announceSoft(counter: DailyCounter, set: LimitSet, events: EventBus, at: Instant): void {
  const { soft } = counter.bounds;
  if (soft === null || !counter.softExceeded) return;
  if (counter.softAnnouncedFor === counter.window.start && soft <= counter.softAnnouncedLimit) return;
  counter.softAnnouncedFor = counter.window.start;
  counter.softAnnouncedLimit = soft;
  events.emit('quota_soft_exceeded', set.dailyStatus(counter, at));
}

/** A place given back on the same day under the same limit is no reopening: the budget is as good as gone. */
function isReopened(counter: DailyCounter): boolean {
  if (counter.announcedFor === null) return false;
  return counter.announcedFor !== counter.window.start || counter.bounds.hard > counter.announcedLimit;
}
