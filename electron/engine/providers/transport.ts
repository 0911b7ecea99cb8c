import { subscribe } from 'node:diagnostics_channel';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import type { Clock } from '../clock.ts';
import type { Attempt } from './attempt.ts';
import { BodyQueue } from './body-queue.ts';
import { malformed, truncated, unreachable } from './connection-failures.ts';
import { ProviderFailure } from './types.ts';
import type { Failure } from './types.ts';

interface HttpRequest {
  method: 'GET' | 'POST';
  url: URL;
  headers: Record<string, string>;
  body: string | null;
  /** Milliseconds to open a connection. */
  connectMs: number;
}

/** An answer whose headers have come. */
export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Milliseconds since the request was sent. */
  headersMs: number;
  /** The next bytes of the body, null at its end. Throws ProviderFailure where it breaks off. */
  next(): Promise<Buffer | null>;
  /**
   * Ends the attempt. `whole` says that all that matters was read: then the rest is drained, so that the connection can
   * be used again; otherwise the upstream request is aborted at once.
   */
  release(whole: boolean): void;
}

/** Sends requests to one provider over its own pool of connections. */
export interface Transport {
  /** Resolves with the headers of whatever status. Throws ProviderFailure when none come. */
  open(request: HttpRequest, attempt: Attempt): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** How long a finished answer may take to close before its connection is given up, in milliseconds. */
const DRAIN_MS = 1000;

/**
 * One pool without a limit on connections (64 connections under 300 streams cut them to a fifth), one request at a time
 * on each, so that one broken connection harms one answer. The pool's own timeouts are off: limits are the attempt's.
 */
export function createTransport(clock: Clock): Transport {
  watchSockets();
  let closing: Promise<void> | null = null;
  const agent = new Agent({
    connections: null,
    pipelining: 1,
    allowH2: false,
    headersTimeout: 0,
    bodyTimeout: 0,
    keepAliveTimeout: 15_000,
    connect: { timeout: 0 },
  });
  return {
    open: (request, attempt) =>
      new Promise((resolve, reject) => new Exchange(agent, clock, request, attempt, resolve, reject).send()),
    close: () => (closing ??= agent.close()),
  };
}

/** Told of the socket by the pool's channel in the same turn in which a request is about to be written. */
let beingWritten: ((reused: boolean) => void) | null = null;
let watching = false;

/**
 * Learns which requests go out on a connection that has served before. The pool tells a request nothing of its socket;
 * its diagnostics channel does, right after `onRequestStart` and before anything else can happen.
 */
function watchSockets(): void {
  if (watching) return;
  watching = true;
  const used = new WeakSet<object>();
  subscribe('undici:client:sendHeaders', (message) => {
    const { socket } = message as { socket: object };
    beingWritten?.(used.has(socket));
    beingWritten = null;
    used.add(socket);
  });
}

/** One request and its answer: translates the pool's callbacks into one promise and one queue of bytes. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #agent: Agent;
  readonly #clock: Clock;
  readonly #request: HttpRequest;
  readonly #attempt: Attempt;
  readonly #resolve: (answer: HttpAnswer) => void;
  readonly #reject: (failure: ProviderFailure) => void;
  readonly #sentAt: number;
  #controller: Dispatcher.DispatchController | null = null;
  #queue: BodyQueue | null = null;
  #reusedSocket = false;
  #over = false;

  constructor(
    agent: Agent,
    clock: Clock,
    request: HttpRequest,
    attempt: Attempt,
    resolve: (answer: HttpAnswer) => void,
    reject: (failure: ProviderFailure) => void,
  ) {
    this.#agent = agent;
    this.#clock = clock;
    this.#request = request;
    this.#attempt = attempt;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#sentAt = clock.monotonic();
  }

  send(): void {
    const { url, method, headers, body, connectMs } = this.#request;
    this.#attempt.onFailure((failure) => this.#fail(failure));
    if (this.#over) return;
    this.#attempt.arm('connect', connectMs);
    this.#agent.dispatch({ origin: url.origin, path: url.pathname + url.search, method, headers, body }, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    beingWritten = (reused) => {
      this.#reusedSocket = reused;
    };
    this.#attempt.disarm('connect');
    if (this.#over) controller.abort(new Error('given up'));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.#over) return;
    const queue = new BodyQueue({ pause: () => controller.pause(), resume: () => controller.resume() });
    this.#queue = queue;
    this.#resolve({
      status,
      headers,
      headersMs: this.#clock.monotonic() - this.#sentAt,
      next: () => queue.next(),
      release: (whole) => this.#release(whole),
    });
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#queue?.push(chunk);
  }

  onResponseEnd(): void {
    this.#over = true;
    this.#queue?.end();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#over) return;
    this.#over = true;
    const { peer } = this.#attempt;
    if (this.#queue) {
      this.#queue.fail(truncated(peer, 'the connection broke off'));
      return;
    }
    this.#attempt.end();
    const httpError = error.name === 'HTTPParserError';
    this.#reject(
      new ProviderFailure(
        httpError ? malformed(peer, 'the answer is not HTTP') : unreachable(peer, error, this.#reusedSocket),
      ),
    );
  }

  #fail(failure: Failure): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#queue) this.#queue.fail(failure);
    else this.#reject(new ProviderFailure(failure));
    this.#controller?.abort(new Error('given up'));
  }

  #release(whole: boolean): void {
    this.#attempt.end();
    if (this.#over) return;
    this.#queue?.discard();
    if (whole) {
      this.#clock.after(DRAIN_MS, () => this.#abandon());
      return;
    }
    this.#abandon();
  }

  #abandon(): void {
    if (this.#over) return;
    this.#over = true;
    this.#controller?.abort(new Error('given up'));
  }
}

/** Reads a body to its end as text; throws class `malformed` when it is larger than `maximumBytes`. */
export async function readText(answer: HttpAnswer, attempt: Attempt, maximumBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let whole = false;
  try {
    for (let chunk = await answer.next(); chunk !== null; chunk = await answer.next()) {
      bytes += chunk.length;
      if (bytes > maximumBytes) {
        throw new ProviderFailure(malformed(attempt.peer, `the answer is larger than ${maximumBytes} bytes`));
      }
      chunks.push(chunk);
    }
    whole = true;
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    answer.release(whole);
  }
}
