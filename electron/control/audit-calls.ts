import { implement } from '@orpc/server';
import { auditCall, auditChainCalls } from '../../shared/contract/audit.ts';
import type { EngineApi } from '../engine/engine-api.ts';
import { toFile } from './document-file.ts';

/** The audit's pages over a running engine. */
export function implementAuditCall(engine: Pick<EngineApi, 'audit'>) {
  return implement(auditCall).handler(({ input }) => engine.audit(input));
}

/** The calls about the audit's chain over a running engine. */
export function implementAuditChainCalls(engine: Pick<EngineApi, 'verifyAudit' | 'exportAudit'>) {
  const api = implement(auditChainCalls);
  return {
    verify: api.verify.handler(({ input }) => engine.verifyAudit(input)),
    export: api.export.handler(async ({ input }) => toFile(await engine.exportAudit(input))),
  };
}
