import { clsx } from 'clsx';

/** Everything a mark can say: the health of a provider, an override by hand, or that nothing was recorded. */
export type MarkStatus = 'healthy' | 'degraded' | 'unhealthy' | 'unknown' | 'disabled' | 'forced' | 'no_data';

const WORDS: Readonly<Record<MarkStatus, string>> = {
  healthy: 'healthy',
  degraded: 'degraded',
  unhealthy: 'unhealthy',
  unknown: 'unknown',
  disabled: 'off',
  forced: 'forced',
  no_data: 'no data',
};

const TONES: Readonly<Record<MarkStatus, string>> = {
  healthy: 'text-ok',
  degraded: 'text-warn',
  unhealthy: 'text-bad',
  unknown: 'text-off',
  disabled: 'text-off',
  forced: 'text-forced',
  no_data: 'text-off',
};

/** The word that goes with a status everywhere in the console. */
export function statusWord(status: MarkStatus): string {
  return WORDS[status];
}

/** The text colour class of a status. */
export function statusTone(status: MarkStatus): string {
  return TONES[status];
}

/** The shape alone; for places where the word stands beside it already. Hidden from screen readers. */
export function StatusShape({
  status,
  size = 10,
  blink = false,
}: {
  status: MarkStatus;
  size?: number;
  blink?: boolean;
}) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 10 10"
      width={size}
      height={size}
      className={clsx('shrink-0', TONES[status], blink && 'animate-attention')}
    >
      <Shape status={status} />
    </svg>
  );
}

function Shape({ status }: { status: MarkStatus }) {
  switch (status) {
    case 'healthy':
      return <circle cx="5" cy="5" r="4.5" fill="currentColor" />;
    case 'degraded':
      return <path d="M5 0.6 9.8 9.4H0.2Z" fill="currentColor" />;
    case 'unhealthy':
      return <rect x="0.8" y="0.8" width="8.4" height="8.4" fill="currentColor" />;
    case 'forced':
      return <path d="M5 0 10 5 5 10 0 5Z" fill="currentColor" />;
    case 'unknown':
    case 'disabled':
      return <circle cx="5" cy="5" r="3.8" fill="none" stroke="currentColor" strokeWidth="1.4" />;
    case 'no_data':
      return <path d="M1 5h8" stroke="currentColor" strokeWidth="1.6" strokeDasharray="2 1" />;
  }
}

/** Status as shape, colour and word; `word` replaces the usual one where the context has a better one ("on fallback"). */
export function StatusMark({ status, word, className }: { status: MarkStatus; word?: string; className?: string }) {
  return (
    <span className={clsx('inline-flex items-center gap-1.5 whitespace-nowrap', className)}>
      <StatusShape status={status} />
      <span className={TONES[status]}>{word ?? WORDS[status]}</span>
    </span>
  );
}
