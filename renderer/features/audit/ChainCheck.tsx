import { useQuery } from '@tanstack/react-query';
import { ShieldCheck } from 'lucide-react';
import type { AuditVerification } from '../../../shared/domain/operations.ts';
import { formatCount } from '../../../shared/format/number.ts';
import { useConsoleApi } from '../../api/client.ts';
import { Button } from '../../ui/Button.tsx';
import { Identifier } from '../../ui/Identifier.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { RelativeTime } from '../../ui/time.tsx';

/** Whether the audit is still what was written: every entry holds the hash of the one before. Checked when asked to. */
export function ChainCheck() {
  const { query } = useConsoleApi();
  const check = useQuery(query.auditChain.verify.queryOptions({ input: {}, enabled: false }));
  return (
    <Panel
      title="Tampering"
      note="every entry is chained to the one before by its hash"
      actions={
        <Button size="small" icon={ShieldCheck} busy={check.isFetching} onClick={() => void check.refetch()}>
          Verify the chain
        </Button>
      }
    >
      <div role="status" className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        {check.error ? (
          <span className="text-bad">The chain could not be checked: {check.error.message}</span>
        ) : check.data ? (
          <Verified at={check.dataUpdatedAt} verification={check.data} />
        ) : (
          <span className="text-ink-muted">Not checked since this view was opened.</span>
        )}
      </div>
    </Panel>
  );
}

function Verified({
  at,
  verification: { ok, entries, last, broken },
}: {
  at: number;
  verification: AuditVerification;
}) {
  return (
    <>
      <StatusMark status={ok ? 'healthy' : 'unhealthy'} word={ok ? 'intact' : 'broken'} />
      <span>
        {ok
          ? `All ${formatCount(entries)} entries are as they were written.`
          : `${formatCount(entries)} entries hold, then: ${broken?.reason ?? 'the next does not'}`}
      </span>
      {last && (
        <span className="flex items-baseline gap-1 text-ink-muted">
          The last is {last.id}: <Identifier id={last.hash} />
        </span>
      )}
      <span className="text-ink-faint">
        <RelativeTime at={at} />
      </span>
    </>
  );
}
