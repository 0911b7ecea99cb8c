import type { EventBus } from '../events.ts';
import type { DailyCounter } from './daily-counter.ts';
import type { Instant, LimitSet } from './limit-set.ts';

/** What was told of one owner's budgets. */
interface Told {
  exhausted: boolean;
  softExceeded: boolean;
}

/**
 * Tells once per day that a budget is gone, once that it is back (a new day, or a raised limit), and once that its soft
 * limit is reached.
 */
export function announce(set: LimitSet, events: EventBus, at: Instant): Told {
  const told = { exhausted: false, softExceeded: false };
  for (const counter of set.daily()) {
    if (counter.exhausted && counter.announcedFor !== counter.window.start) {
      counter.announcedFor = counter.window.start;
      counter.announcedLimit = counter.bounds.hard;
      events.emit('quota_exhausted', set.dailyStatus(counter, at));
      told.exhausted = true;
    } else if (!counter.exhausted && isReopened(counter)) {
      counter.announcedFor = null;
      events.emit('quota_reopened', set.dailyStatus(counter, at));
    }
    if (announceSoft(counter, set, events, at)) told.softExceeded = true;
  }
  return told;
}

function announceSoft(counter: DailyCounter, set: LimitSet, events: EventBus, at: Instant): boolean {
  const { soft } = counter.bounds;
  if (soft === null || !counter.softExceeded) return false;
  if (counter.softAnnouncedFor === counter.window.start && soft <= counter.softAnnouncedLimit) return false;
  counter.softAnnouncedFor = counter.window.start;
  counter.softAnnouncedLimit = soft;
  events.emit('quota_soft_exceeded', set.dailyStatus(counter, at));
  return true;
}

/** A place given back on the same day under the same limit is no reopening: the budget is as good as gone. */
function isReopened(counter: DailyCounter): boolean {
  if (counter.announcedFor === null) return false;
  return counter.announcedFor !== counter.window.start || counter.bounds.hard > counter.announcedLimit;
}
