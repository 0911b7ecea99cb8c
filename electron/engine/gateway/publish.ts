import type { RequestDetail } from '../../../shared/domain/request.ts';
import { callerTrace } from '../trace-context.ts';
import type { RequestTrace, TracedOperation } from '../trace-context.ts';
import type { Exchange } from './exchange.ts';
import type { GatewayRooms } from './types.ts';

/** The trace that a request is recorded in; null where no traces are recorded. */
export function traceOf(
  rooms: GatewayRooms,
  exchange: Exchange,
  id: string,
  operation: TracedOperation,
): RequestTrace | null {
  const caller = callerTrace(exchange.request.headers);
  return rooms.startTrace?.({ requestId: id, operation, caller }) ?? null;
}

/** Writes a finished request down, then tells of it; resolves once the row is durable. */
export async function publish(rooms: GatewayRooms, record: RequestDetail, trace: RequestTrace | null): Promise<void> {
  await rooms.record(record);
  rooms.events.emit('request_finished', record);
  if (trace) rooms.events.emit('request_traced', { trace, request: record });
}
