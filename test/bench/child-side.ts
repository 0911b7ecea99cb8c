/** What a server process tells the one that started it. */
export type ChildMessage = { type: 'listening'; url: string } | { type: 'cpu'; micros: number };

/** Reports to the parent process, answers its questions, and stops when the parent lets go or is gone. */
export function serveParent(server: { url: string; stop(): Promise<void> }): void {
  const tell = (message: ChildMessage): void => void process.send?.(message);
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    tell({ type: 'cpu', micros: user + system });
  });
  process.on('disconnect', () => void server.stop().finally(() => process.exit()));
  tell({ type: 'listening', url: server.url });
}
