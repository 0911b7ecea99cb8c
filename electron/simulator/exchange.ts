import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SimulatorClock } from './clock.ts';
import type { FaultKind } from './faults.ts';
import type { JsonObject } from './json.ts';

/** How a request ended: `broken` was cut, reset or ended in an error midway; `unanswered` never got its end. */
export type LogOutcome = 'pending' | 'served' | 'rejected' | 'broken' | 'unanswered' | 'cancelled' | 'crashed';

/** One request that the provider saw. */
export interface LogEntry {
  /** Epoch milliseconds. */
  at: number;
  /** Epoch milliseconds; null while it is open, as an unanswered one is until the caller leaves. */
  endedAt: number | null;
  method: string;
  path: string;
  /** Without keys and cookies. */
  headers: Record<string, string>;
  body: JsonObject | null;
  /** Null until an answer began. */
  status: number | null;
  outcome: LogOutcome;
  fault: FaultKind | null;
  tokensSent: number;
}

const SECRET_HEADERS = new Set(['authorization', 'x-api-key', 'api-key', 'cookie', 'proxy-authorization']);
/** The Messages API's limit, https://docs.anthropic.com/en/api/errors; the others are near it. */
const MAXIMUM_BODY_BYTES = 32 * 1024 * 1024;

/** One request and its answer on the wire. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly reusedSocket: boolean;
  readonly entry: LogEntry;
  /** Aborted when the connection is gone. */
  readonly signal: AbortSignal;
  readonly #clock: SimulatorClock;

  constructor(request: IncomingMessage, response: ServerResponse, reusedSocket: boolean, clock: SimulatorClock) {
    this.request = request;
    this.response = response;
    this.path = new URL(request.url ?? '/', 'http://localhost').pathname;
    this.reusedSocket = reusedSocket;
    this.#clock = clock;
    this.entry = {
      at: clock.now(),
      endedAt: null,
      method: request.method ?? 'GET',
      path: this.path,
      headers: publicHeaders(request),
      body: null,
      status: null,
      outcome: 'pending',
      fault: null,
      tokensSent: 0,
    };
    const gone = new AbortController();
    this.signal = gone.signal;
    response.once('close', () => {
      if (!response.writableFinished) this.settle('cancelled');
      this.entry.endedAt ??= clock.now();
      gone.abort(new Error('The connection is gone.'));
    });
  }

  /** Notes how it ended; the first word holds. What is left unanswered ends when its connection does. */
  settle(outcome: LogOutcome): void {
    if (this.entry.outcome !== 'pending') return;
    this.entry.outcome = outcome;
    if (outcome !== 'unanswered') this.entry.endedAt = this.#clock.now();
  }

  /** The whole body; null when it is larger than the vendors take. */
  async readBody(): Promise<string | null> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of this.request) {
      const bytes: Buffer = chunk;
      size += bytes.length;
      if (size > MAXIMUM_BODY_BYTES) return null;
      chunks.push(bytes);
    }
    return Buffer.concat(chunks).toString('utf8');
  }

  begin(status: number, headers: Record<string, string>): void {
    this.entry.status = status;
    this.response.writeHead(status, headers);
    this.response.flushHeaders();
  }

  /** Writes and waits for room, so that a slow reader slows the writer. Does nothing once the connection is gone. */
  async write(text: string): Promise<void> {
    if (text === '' || this.response.destroyed || this.response.write(text)) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        this.response.off('drain', go);
        this.response.off('close', go);
        resolve();
      };
      this.response.once('drain', go);
      this.response.once('close', go);
    });
  }

  sendJson(status: number, body: JsonObject, headers: Record<string, string> = {}): void {
    this.sendText(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  }

  sendText(status: number, text: string, headers: Record<string, string>): void {
    this.settle(status < 400 ? 'served' : 'rejected');
    this.entry.status = status;
    this.response.writeHead(status, { ...headers, 'content-length': String(Buffer.byteLength(text)) });
    this.response.end(text);
  }

  /** Closes the connection without an ending, after what was written has left. */
  async breakOff(): Promise<void> {
    this.settle('broken');
    await new Promise<void>((resolve) => {
      if (!this.response.headersSent || this.response.destroyed) resolve();
      else this.response.write('', () => resolve());
    });
    this.response.socket?.destroy();
  }

  /** Resets the connection at once. */
  reset(): void {
    this.settle('broken');
    this.response.socket?.resetAndDestroy();
  }

  /** Keeps the connection open and says nothing more, until the caller leaves. */
  async hang(): Promise<void> {
    this.settle('unanswered');
    if (this.signal.aborted) return;
    await new Promise<void>((resolve) => {
      this.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}

function publicHeaders(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headers).filter(([name]) => !SECRET_HEADERS.has(name));
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
