import { z } from 'zod';
import {
  auditExportQuerySchema,
  auditPageSchema,
  auditQuerySchema,
  auditVerificationSchema,
  auditVerifyQuerySchema,
} from '../domain/operations.ts';
import { base } from './base.ts';

/** Who changed what. */
export const auditCall = base
  .route({ method: 'GET', path: '/audit', summary: 'Who changed what, when, why' })
  .input(auditQuerySchema)
  .output(auditPageSchema);

/** The proof that nobody changed that record since. */
export const auditChainCalls = {
  verify: base
    .route({ method: 'GET', path: '/audit/verify', summary: 'Whether the audit is what was written' })
    .input(auditVerifyQuerySchema)
    .output(auditVerificationSchema),
  export: base
    .route({ method: 'GET', path: '/audit/export', summary: 'The audit with its hashes as json, csv or md' })
    .input(auditExportQuerySchema)
    .output(z.file()),
};
