import type { IncomingMessage, ServerResponse } from 'node:http';
import { quote } from '../../../shared/format/quote.ts';
import type { Clock } from '../clock.ts';
import type { JsonObject } from '../dialects/types.ts';
import { CallerLeft, GatewayError } from './gateway-error.ts';
import { parseBody } from './parse-body.ts';

const MEBIBYTE = 1024 * 1024;
/** A caller who takes nothing of what is written to him for so long is taken to have left, in milliseconds. */
const PATIENCE_MS = 300_000;

/** One HTTP exchange with a caller: its body, its leaving, and what is written back. */
export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly #clock: Clock;
  readonly #leaving = new AbortController();
  #bodyBytes = 0;

  constructor(request: IncomingMessage, response: ServerResponse, clock: Clock) {
    this.request = request;
    this.response = response;
    this.#clock = clock;
    response.on('close', () => {
      if (!response.writableFinished) this.#leaving.abort(new CallerLeft());
    });
  }

  /** Ends what is done for the caller, who is told why while he still listens. */
  giveUp(reason: GatewayError): void {
    this.#leaving.abort(reason);
  }

  /** Aborted within a tick of the caller closing the connection before the answer was whole, or of our giving it up. */
  get callerLeft(): AbortSignal {
    return this.#leaving.signal;
  }

  /** Length of the body that was read; 0 before. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  /**
   * The body as a JSON object. Throws `GatewayError`: `payload_too_large` over `maximumBytes` (the rest of the body is not
   * kept), `invalid_request` for anything but a plain JSON object; `CallerLeft` when the body breaks off.
   */
  async readJson(maximumBytes: number): Promise<JsonObject> {
    const encoding = this.request.headers['content-encoding'];
    if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
      throw new GatewayError(
        'invalid_request',
        `The request body is encoded as ${quote(encoding)}; send it without a content-encoding.`,
      );
    }
    const announced = Number(this.request.headers['content-length'] ?? 0);
    if (announced > maximumBytes) throw tooLarge(maximumBytes);
    const body = await this.#readBody(maximumBytes);
    this.#bodyBytes = body.length;
    return parseBody(body);
  }

  /** Read by its events: an async iterator over every small body costs more than parsing it. */
  #readBody(maximumBytes: number): Promise<Buffer> {
    const { request } = this;
    return new Promise((resolve, reject) => {
      const pieces: Buffer[] = [];
      let size = 0;
      request.on('data', (piece: Buffer) => {
        size += piece.length;
        if (size <= maximumBytes) {
          pieces.push(piece);
          return;
        }
        pieces.length = 0;
        request.pause();
        reject(tooLarge(maximumBytes));
      });
      request.on('end', () => resolve(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)));
      // A body that breaks off can only mean that the caller has gone.
      request.on('error', () => reject(new CallerLeft()));
      request.on('close', () => reject(new CallerLeft()));
    });
  }

  /** Writes a whole JSON answer. Does nothing when the caller has left or an answer was begun. */
  sendJson(status: number, body: JsonObject, headers: Record<string, string> = {}): void {
    this.sendText(status, 'application/json; charset=utf-8', JSON.stringify(body), headers);
  }

  /** Writes a whole answer of any type, as `sendJson` does. */
  sendText(status: number, contentType: string, text: string, headers: Record<string, string> = {}): void {
    if (this.response.headersSent || this.response.destroyed) return;
    this.response.writeHead(status, {
      'content-type': contentType,
      'content-length': Buffer.byteLength(text),
      ...headers,
      // The rest of an unread body would be taken for the next request on this connection.
      ...(this.#bodyIsUnread() ? { connection: 'close' } : {}),
    });
    this.response.end(text);
    this.#giveUpUntaken();
  }

  /** A request without a body is whole although its end may not have been seen yet. */
  #bodyIsUnread(): boolean {
    const { complete, headers } = this.request;
    return !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);
  }

  /** Begins an event stream. */
  beginStream(headers: Record<string, string>): void {
    this.response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      ...headers,
    });
  }

  /**
   * Writes to a begun stream; resolves when the caller can take more. Resolves at once when the caller has left. Who takes
   * nothing for minutes has left too: what is done for them must not be held for ever.
   */
  async write(text: string): Promise<void> {
    if (text === '' || this.response.destroyed) return;
    if (this.response.write(text)) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(PATIENCE_MS, () => this.response.destroy());
      const done = (): void => {
        cancel();
        this.response.off('drain', done);
        this.response.off('close', done);
        resolve();
      };
      this.response.on('drain', done);
      this.response.on('close', done);
    });
  }

  /** Ends a begun stream with its closing frames. */
  end(text: string): void {
    if (this.response.destroyed) return;
    this.response.end(text);
    this.#giveUpUntaken();
  }

  /** The end of an answer that nobody takes is not kept for ever. */
  #giveUpUntaken(): void {
    if (this.response.writableLength === 0) return;
    const cancel = this.#clock.after(PATIENCE_MS, () => this.response.destroy());
    this.response.once('close', cancel);
  }
}

function tooLarge(maximumBytes: number): GatewayError {
  const [size, unit] = maximumBytes < MEBIBYTE ? [maximumBytes / 1024, 'KiB'] : [maximumBytes / MEBIBYTE, 'MiB'];
  return new GatewayError(
    'payload_too_large',
    `The request body is larger than ${Number(size.toFixed(1))} ${unit}; send less, or raise server.gateway.max_body_bytes.`,
  );
}
