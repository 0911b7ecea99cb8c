import type { TimeoutPhase } from '../../../shared/domain/failure.ts';
import type { Failure } from './types.ts';

/** The provider and where it is, for messages. */
export interface Peer {
  provider: string;
  /** Host and port. */
  host: string;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'host name could not be resolved',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  UND_ERR_SOCKET: 'connection closed',
  CERT_HAS_EXPIRED: 'certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed certificate',
};

const BROKEN_SOCKET = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** A failure without an answer: the socket could not be opened or broke before the headers. */
export function unreachable(peer: Peer, error: Error, reusedSocket: boolean): Failure {
  const code = errorCode(error);
  const reason = REASONS[code] ?? 'connection failed';
  return {
    ...blank,
    class: 'unreachable',
    message: `${peer.provider}: ${reason} at ${peer.host}`,
    staleSocket: reusedSocket && BROKEN_SOCKET.has(code),
  };
}

/** A time limit of ours was reached. */
export function timedOut(peer: Peer, phase: TimeoutPhase, limitMs: number): Failure {
  const what: Record<TimeoutPhase, string> = {
    connect: `no connection to ${peer.host} within`,
    first_token: 'no first token within',
    idle: 'no further token for',
    total: 'no whole answer within',
    queue: 'no free place within',
  };
  return { ...blank, class: 'timeout', phase, message: `${peer.provider}: ${what[phase]} ${seconds(limitMs)}` };
}

/** The caller left or the engine gave the attempt up. */
export function cancelled(peer: Peer, phase: 'connect' | null): Failure {
  return { ...blank, class: 'cancelled', phase, message: `${peer.provider}: cancelled` };
}

/** The stream ended before its finish reason. */
export function truncated(peer: Peer, how: string): Failure {
  return { ...blank, class: 'truncated', message: `${peer.provider}: ${how} before the answer was finished` };
}

/** What came is not what the dialect says. */
export function malformed(peer: Peer, what: string): Failure {
  return { ...blank, class: 'malformed', message: `${peer.provider}: ${what}` };
}

/** A failure of ours or the caller's, found before anything was sent. */
export function refused(peer: Peer, failureClass: 'unauthorized' | 'invalid_request', what: string): Failure {
  return { ...blank, class: failureClass, message: `${peer.provider}: ${what}` };
}

const blank: Omit<Failure, 'class' | 'message'> = {
  httpStatus: null,
  phase: null,
  retryAfterMs: null,
  body: null,
  staleSocket: false,
};

/** The code of an error or of what it wraps; Node gathers failed addresses of one host in an AggregateError. */
function errorCode(error: Error): string {
  const own = (error as NodeJS.ErrnoException).code;
  if (own) return own;
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return errorCode(error.errors[0]);
  return error.cause instanceof Error ? errorCode(error.cause) : '';
}

function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${Math.round(milliseconds / 100) / 10} s`;
}
