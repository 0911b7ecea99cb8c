import { RPCHandler } from '@orpc/server/message-port';
import type { ControlPlane } from './control-plane.ts';

type Port = Parameters<RPCHandler<Record<never, never>>['upgrade']>[0];

/** Serves the contract over message ports; the returned function takes each new port over. */
export function createMessagePortServer(plane: ControlPlane): (port: Port) => void {
  const handler = new RPCHandler(plane.router, plane.handlerOptions);
  return (port) => handler.upgrade(port, { context: {} });
}
