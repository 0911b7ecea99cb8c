import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Exchange, type LogEntry } from './exchange.ts';
import type { Faults } from './faults.ts';
import { ProviderState, type ProviderStats, type SimulatedProviderOptions } from './provider-state.ts';
import { route } from './routes.ts';

/** A provider that answers over real HTTP on loopback, in its vendor's own words. */
export interface SimulatedProvider {
  readonly name: string;
  /** Base URL as the vendor's SDK takes it: with `/v1`, and without it for Anthropic. */
  readonly url: string;
  readonly origin: string;
  readonly port: number;
  readonly running: boolean;
  readonly faults: Faults;
  /** Every request it saw, oldest first. */
  readonly log: readonly LogEntry[];
  stats(): ProviderStats;
  /** Closes the port and every connection, for good. */
  stop(): Promise<void>;
  /** Dies: every connection is reset, the port refuses, and what a process remembers is lost. */
  crash(): Promise<void>;
  /** Listens again on the same port after a crash; does nothing while it runs or once it was stopped. */
  restart(): Promise<void>;
}

/** Starts a simulated provider. Rejects when the port is taken. */
export async function createSimulatedProvider(options: SimulatedProviderOptions): Promise<SimulatedProvider> {
  const state = new ProviderState(options);
  const host = new Host(state);
  await host.listen(options.port ?? 0);
  const { port } = host;
  let stopped = false;
  const origin = `http://127.0.0.1:${port}`;
  return {
    name: options.name,
    url: options.kind === 'anthropic' ? origin : `${origin}/v1`,
    origin,
    port,
    get running() {
      return host.running;
    },
    faults: state.faults,
    log: state.log,
    stats: () => state.stats(),
    async stop() {
      stopped = true;
      await host.close('cancelled');
    },
    async crash() {
      await host.close('crashed');
      state.forget();
    },
    async restart() {
      if (!host.running && !stopped) await host.listen(port);
    },
  };
}

/** The listening side: the server, its sockets and the exchanges on them. */
class Host {
  readonly #state: ProviderState;
  readonly #sockets = new Map<Socket, { served: number }>();
  readonly #exchanges = new Set<Exchange>();
  #server: Server | null = null;
  #port = 0;

  constructor(state: ProviderState) {
    this.#state = state;
  }

  get running(): boolean {
    return this.#server !== null;
  }

  get port(): number {
    return this.#port;
  }

  async listen(port: number): Promise<void> {
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      const served = this.#sockets.get(request.socket);
      const exchange = new Exchange(request, response, (served?.served ?? 0) > 0, this.#state.clock);
      if (served) served.served += 1;
      this.#state.remember(exchange.entry);
      this.#exchanges.add(exchange);
      response.once('close', () => this.#exchanges.delete(exchange));
      route(exchange, this.#state).catch((error: unknown) => {
        // A flaw of the simulator's own must be seen, not taken for a fault on demand.
        response.destroy(error instanceof Error ? error : new Error(String(error)));
        throw error;
      });
    });
    server.on('connection', (socket) => {
      this.#sockets.set(socket, { served: 0 });
      // A reset by the other side is an ordinary end here; without a listener it would end the process.
      socket.on('error', () => undefined);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address() as AddressInfo;
    this.#port = address.port;
    this.#server = server;
  }

  async close(outcome: 'cancelled' | 'crashed'): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = null;
    const closed = once(server, 'close');
    server.close();
    for (const exchange of this.#exchanges) exchange.settle(outcome);
    for (const socket of this.#sockets.keys()) {
      if (outcome === 'crashed') socket.resetAndDestroy();
      else socket.destroy();
    }
    await closed;
  }
}
