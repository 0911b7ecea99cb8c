import type { Override } from '../../../shared/domain/operations.ts';
import type { RequestDetail, RequestOrigin } from '../../../shared/domain/request.ts';
import type { Shadowing } from '../attempt/answered-chat.ts';
import type { AttemptTools } from '../attempt/attempt-run.ts';
import type { Clock, Random } from '../clock.ts';
import type { EventBus } from '../events.ts';
import type { ChatRequest } from '../dialects/types.ts';
import type { HealthMonitor } from '../health/types.ts';
import type { Logger } from '../log.ts';
import type { Intent } from '../policy/types.ts';
import type { Provider } from '../providers/types.ts';
import type { QuotaManager } from '../quota/types.ts';
import type { Environment, Registry } from '../registry/types.ts';
import type { Needs } from '../router/types.ts';
import type { RequestTrace, StartTrace } from '../trace-context.ts';
import type { CallOptions } from './call-options.ts';

/** The rooms that the gateway works with. `registry` and `provider` answer for this moment: a reload changes them. */
export interface GatewayRooms {
  registry: () => Registry;
  environment: Environment;
  provider: (name: string) => Provider;
  health: HealthMonitor;
  quota: QuotaManager;
  override: () => Override | null;
  attempt: AttemptTools;
  /** Resolves once the row is durable. */
  record: (request: RequestDetail) => Promise<void>;
  /** Sends a share of the answered requests to another provider as well; left out where nobody does. */
  shadow?: Shadowing;
  /** A fallback happened; stored and announced. */
  announceFallback: (fallback: FallbackNotice) => void;
  events: EventBus;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** Left out where no traces are recorded. */
  startTrace?: StartTrace | undefined;
  /** The turn of round robin: rises by one with every decision. */
  nextTurn: () => number;
}

export interface FallbackNotice {
  at: number;
  requestId: string;
  fromProvider: string;
  toProvider: string;
  reason: 'unhealthy' | 'timeout' | 'error';
  detail: string;
  served: boolean;
}

/** A request once it is understood: what is asked, by whom, and what a server of it must be able to do. */
export interface Question {
  id: string;
  origin: RequestOrigin;
  request: ChatRequest;
  options: CallOptions;
  intent: Intent;
  needs: Needs;
  /** Input tokens, estimated. */
  inputTokens: number;
  /** The caller's, as they came. */
  traceparent: string | undefined;
  tracestate?: string | undefined;
  /** The trace that the request is recorded in; null or left out where none is. */
  trace?: RequestTrace | null;
  /** The caller's headers for the vendor, sent on where the provider speaks the caller's dialect. */
  headers?: Record<string, string>;
  /** What the turns of the conversation have in common; null or left out where nobody balances by it. */
  affinityKey?: string | null;
}
