import { clsx } from 'clsx';
import type { AuditEntry } from '../../../shared/domain/operations.ts';
import { formatAbsolute } from '../../../shared/format/time.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { Code, Fact, Facts } from '../../ui/Facts.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { actionWords, auditDiff, type DiffLine } from './audit-diff.ts';

/** One change: who, why, and every value before and after it. Null keeps it closed. */
export function AuditDrawer({ entry, onClose }: { entry: AuditEntry | null; onClose: () => void }) {
  const labels = useProviderLabels();
  if (!entry) return null;
  const lines = auditDiff(entry);
  return (
    <Dialog
      open
      shape="drawer"
      title={`${actionWords(entry.action)}: ${labels(entry.target)}`}
      description={`${formatAbsolute(entry.at)}, entry ${entry.id}`}
      onOpenChange={(open) => !open && onClose()}
    >
      <div className="flex flex-col gap-4">
        <Facts>
          <Fact label="Who">{entry.operator}</Fact>
          <Fact label="When">
            <RelativeTime at={entry.at} />
          </Fact>
          <Fact label="Why">{entry.reason}</Fact>
          <Fact label="Action">
            <Code>{entry.action}</Code>
          </Fact>
          <Fact label="Target">
            <Code>{entry.target}</Code>
          </Fact>
        </Facts>
        {lines.length === 0 ? (
          <p className="text-ink-muted">No values were written down for this change.</p>
        ) : (
          <Diff lines={lines} />
        )}
      </div>
    </Dialog>
  );
}

/** Before and after side by side. A change is marked by a sign and a ground, not by colour alone. */
function Diff({ lines }: { lines: readonly DiffLine[] }) {
  const changed = lines.filter((line) => line.changed).length;
  return (
    <section aria-label="Before and after">
      <h3 className="mb-1 font-medium">
        {changed === 0 ? 'Nothing differs' : `${changed} of ${lines.length} values changed`}
      </h3>
      <div tabIndex={0} className="overflow-x-auto rounded-small border border-line">
        <table className="w-full border-separate border-spacing-0 text-table">
          <thead>
            <tr className="text-left text-ink-faint">
              <th scope="col" className="border-b border-line px-2 py-1 font-medium">
                Value
              </th>
              <th scope="col" className="border-b border-line px-2 py-1 font-medium">
                Before
              </th>
              <th scope="col" className="border-b border-line px-2 py-1 font-medium">
                After
              </th>
            </tr>
          </thead>
          <tbody className="font-mono">
            {lines.map((line) => (
              <tr
                key={line.path}
                className={clsx('align-top', line.changed ? 'bg-accent-soft text-ink' : 'text-ink-muted')}
              >
                <th scope="row" className="px-2 py-0.5 text-left font-normal break-all">
                  <span aria-hidden="true" className="inline-block w-4">
                    {sign(line)}
                  </span>
                  {line.changed && <span className="sr-only">changed: </span>}
                  {line.path === '' ? 'value' : line.path}
                </th>
                <Side value={line.before} struck={line.changed} />
                <Side value={line.after} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Side({ value, struck = false }: { value: string | null; struck?: boolean }) {
  return (
    <td className="px-2 py-0.5 break-all">
      {value === null ? <span className="text-ink-muted italic">none</span> : struck ? <del>{value}</del> : value}
    </td>
  );
}

function sign({ before, after, changed }: DiffLine): string {
  if (!changed) return '';
  return before === null ? '+' : after === null ? '−' : '~';
}
