import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** What the sink does with the next message; `hang` never answers, `reset` closes the connection. */
export type Answer = number | 'hang' | 'reset' | { status: number; retryAfter: string };

/** A place that notifications are posted to, over a real socket. */
export async function startSink() {
  const received: Received[] = [];
  let answer: Answer = 200;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString('utf8')));
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body });
      if (answer === 'hang') return;
      if (answer === 'reset') return void request.socket.destroy();
      const { status, retryAfter } = typeof answer === 'number' ? { status: answer, retryAfter: null } : answer;
      response.writeHead(status, retryAfter === null ? {} : { 'retry-after': retryAfter }).end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    bodies: (): unknown[] => received.map(({ body }) => JSON.parse(body) as unknown),
    answerWith(next: Answer): void {
      answer = next;
    },
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type Sink = Awaited<ReturnType<typeof startSink>>;
