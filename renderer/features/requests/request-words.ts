import type { RequestStatus } from '../../../shared/domain/request.ts';
import type { MarkStatus } from '../../ui/StatusMark.tsx';

/** How a request ended, as mark and word. */
export const OUTCOMES: Readonly<Record<RequestStatus, { mark: MarkStatus; word: string }>> = {
  success: { mark: 'healthy', word: 'answered' },
  error: { mark: 'unhealthy', word: 'failed' },
  timeout: { mark: 'unhealthy', word: 'timed out' },
  cancelled: { mark: 'unknown', word: 'caller left' },
  refused: { mark: 'degraded', word: 'refused' },
};
