import { formatDuration, formatDurationCoarse } from '../../shared/format/duration.ts';
import { formatAbsolute, formatRelative } from '../../shared/format/time.ts';
import { useNow } from '../state/now.ts';
import { Quantity } from './figures.tsx';

/** A moment (epoch ms): relative within a day, absolute beyond; the absolute, with the viewer's zone, on hover. */
export function RelativeTime({ at }: { at: number }) {
  const now = useNow();
  return (
    <time dateTime={new Date(at).toISOString()} title={formatAbsolute(at)} className="whitespace-nowrap">
      {formatRelative(at, now)}
    </time>
  );
}

/** How long something has lasted (epoch ms of its start); whole minutes once it is one, so that it does not flicker. */
export function Since({ at }: { at: number }) {
  const age = Math.max(0, useNow() - at);
  const text = age < 60_000 ? formatDurationCoarse(age) : formatDuration(Math.floor(age / 60_000) * 60_000);
  return <Quantity text={text} title={`since ${formatAbsolute(at)}`} />;
}

/** Time left until a moment (epoch ms), as minutes and seconds below an hour; "0:00" once it has passed. */
export function Countdown({ until }: { until: number }) {
  const now = useNow();
  return (
    <time
      dateTime={new Date(until).toISOString()}
      title={`until ${formatAbsolute(until)}`}
      className="whitespace-nowrap"
    >
      {countdownText(until - now)}
    </time>
  );
}

/** `4:09`, `1:04:09`; never below zero. */
export function countdownText(ms: number): string {
  const total = Math.max(0, Math.ceil(ms / 1000));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  const tail = String(seconds).padStart(2, '0');
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`;
}
