import { RPCLink as MessagePortLink } from '@orpc/client/message-port';
import { RPCLink as WebSocketLink } from '@orpc/client/websocket';
import type { ConsoleLink } from './client.ts';

/** Thrown where the gateway no longer accepts this console; trying again soon does not help. */
export class ConsoleExpiredError extends Error {
  override name = 'ConsoleExpiredError';
}

export const EXPIRED_MESSAGE = 'The console link has expired: open the address printed by `switchyard serve` again.';

/** One open line to the gateway. */
export interface OpenLine {
  link: ConsoleLink;
  /** Settles with the reason when the line breaks; never rejects. */
  closed: Promise<Error>;
  close: () => void;
}

/** Opens lines; each call a new one. Rejects with one sentence, or with {@link ConsoleExpiredError}. */
export interface ConsoleTransport {
  /** What the top bar calls the connection. */
  name: string;
  open: (signal: AbortSignal) => Promise<OpenLine>;
}

declare global {
  interface Window {
    /** Exposed by the desktop's preload script; absent in a browser. */
    switchyard?: {
      /** Asks for a port; it comes as a message `switchyard:port` to this window. */
      requestPort: () => void;
    };
  }
}

/** The transport of the host that this page runs in. */
export function hostTransport(): ConsoleTransport {
  return window.switchyard ? messagePortTransport(window.switchyard) : webSocketTransport(window.location);
}

const PORT_MESSAGE = 'switchyard:port';
const PORT_TIMEOUT_MS = 5000;

function messagePortTransport(bridge: NonNullable<Window['switchyard']>): ConsoleTransport {
  return {
    name: 'this computer',
    async open(signal) {
      const port = await receivePort(bridge, signal);
      const closed = new Promise<Error>((resolve) => {
        port.addEventListener('close', () => resolve(new Error('The engine closed the connection.')));
      });
      const link = new MessagePortLink({ port });
      port.start();
      return { link, closed, close: () => port.close() };
    },
  };
}

function receivePort(bridge: NonNullable<Window['switchyard']>, signal: AbortSignal): Promise<MessagePort> {
  return new Promise((resolve, reject) => {
    const finish = () => {
      window.removeEventListener('message', receive);
      clearTimeout(timer);
    };
    const receive = (event: MessageEvent) => {
      const [port] = event.ports;
      if (event.source !== window || event.data !== PORT_MESSAGE || !port) return;
      finish();
      resolve(port);
    };
    const timer = setTimeout(() => {
      finish();
      reject(new Error('The engine does not answer.'));
    }, PORT_TIMEOUT_MS);
    signal.addEventListener('abort', () => {
      finish();
      reject(new Error('Connecting was cancelled.'));
    });
    window.addEventListener('message', receive);
    bridge.requestPort();
  });
}

/** WebSocket close code for "policy violation" (RFC 6455, 7.4.1): the host closes with it when a token has expired. */
const POLICY_VIOLATION = 1008;

function webSocketTransport(location: Location): ConsoleTransport {
  return {
    name: location.host,
    async open(signal) {
      const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/rpc`);
      signal.addEventListener('abort', () => socket.close());
      const refused = endOf(socket);
      const opened = new Promise<true>((resolve) => {
        socket.addEventListener('open', () => resolve(true));
      });
      const outcome = await Promise.race([opened, refused]);
      if (outcome !== true) throw await refusalReason(outcome);
      const link = new WebSocketLink({ websocket: socket });
      // Listened for after the link: it ends its calls first, so that nobody asks it to send into a closed socket.
      return { link, closed: endOf(socket), close: () => socket.close() };
    },
  };
}

/** Settles with the reason when a socket closes. */
function endOf(socket: WebSocket): Promise<Error> {
  return new Promise((resolve) => {
    socket.addEventListener('close', (event) => {
      resolve(
        event.code === POLICY_VIOLATION
          ? new ConsoleExpiredError(EXPIRED_MESSAGE)
          : new Error('The gateway closed the connection.'),
      );
    });
  });
}

/** A browser hides why an upgrade was refused; a plain call to the same host tells a missing token from a missing host. */
async function refusalReason(outcome: Error): Promise<Error> {
  if (outcome instanceof ConsoleExpiredError) return outcome;
  try {
    const answer = await fetch('/api/status', { cache: 'no-store' });
    if (answer.status === 401) return new ConsoleExpiredError(EXPIRED_MESSAGE);
    return new Error(`The gateway refused the live connection (its API answered ${answer.status}).`);
  } catch {
    return new Error('The gateway cannot be reached.');
  }
}
