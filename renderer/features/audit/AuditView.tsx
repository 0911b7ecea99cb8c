import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useMemo } from 'react';
import type { AuditEntry } from '../../../shared/domain/operations.ts';
import { formatCount } from '../../../shared/format/number.ts';
import { useSearchParameter } from '../../app/router.tsx';
import { useRange } from '../../app/use-range.ts';
import { rangeLabel } from '../../state/range.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { DataTable, type Column } from '../../ui/DataTable.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { panelStateOf } from '../../ui/panel-state.ts';
import { Missing } from '../../ui/Missing.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { saveText } from '../../ui/files.ts';
import { actionWords, diffSummary } from './audit-diff.ts';
import { auditToCsv, auditToJson } from './audit-export.ts';
import { AuditDrawer } from './AuditDrawer.tsx';
import { ChainCheck } from './ChainCheck.tsx';
import { AuditFilterBar } from './AuditFilterBar.tsx';
import { useAudit, useAuditEntry, useAuditFilters } from './use-audit.ts';

/** Who changed what, when and why; each change with what was before and after it. */
export function AuditView() {
  const [filters, change] = useAuditFilters();
  const audit = useAudit(filters);
  const [selected, select] = useSearchParameter('entry');
  const labels = useProviderLabels();
  const label = rangeLabel(useRange());
  const entries = useMemo(() => audit.data?.pages.flatMap((page) => page.entries) ?? [], [audit.data]);
  const { entry, missing } = useAuditEntry(selected, entries, !audit.isPending);
  const fetchAll = async (): Promise<AuditEntry[]> => {
    let pages = audit.data?.pages ?? [];
    while (pages.at(-1)?.next_cursor) pages = (await audit.fetchNextPage({ throwOnError: true })).data?.pages ?? [];
    return pages.flatMap((page) => page.entries);
  };
  const narrowed = Object.values(filters).some((value) => value !== undefined);
  const state = panelStateOf(audit, () =>
    entries.length > 0
      ? null
      : {
          title: narrowed ? `Nothing like that was changed in the ${label}` : `Nothing was changed in the ${label}`,
          hint: narrowed
            ? 'Take a filter out, or choose a longer range.'
            : 'Overrides, raised limits, edits of the configuration and what is done to a provider by hand appear here.',
        },
  );
  return (
    <div className="flex flex-col gap-2 sm:gap-3">
      <AuditFilterBar filters={filters} entries={entries} onChange={change} />
      <Panel
        title={
          entries.length === 0 ? 'Audit' : `${formatCount(entries.length)}${audit.hasNextPage ? ' newest' : ''} changes`
        }
        note={label}
        actions={<ExportMenu entries={entries} more={audit.hasNextPage} fetchAll={fetchAll} />}
        flush
        minHeight={240}
        state={state}
      >
        <DataTable
          label="Changes"
          columns={columns(labels)}
          rows={entries}
          rowKey={({ id }) => String(id)}
          selectedKey={selected}
          onSelect={({ id }) => select(String(id))}
        />
        {audit.hasNextPage && (
          <div className="flex justify-center p-2">
            <Button size="small" busy={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
              Show older changes
            </Button>
          </div>
        )}
      </Panel>
      <ChainCheck />
      <AuditDrawer entry={entry} onClose={() => select(null)} />
      {missing && (
        <Dialog open shape="drawer" title="There is no such entry" onOpenChange={() => select(null)}>
          <Missing
            sentence={`The audit has no entry ${selected}. Nothing is ever taken out of it, so the number must be wrong.`}
            back="Back to the audit"
            onBack={() => select(null)}
          />
        </Dialog>
      )}
    </div>
  );
}

function columns(labels: (provider: string) => string): Column<AuditEntry>[] {
  return [
    {
      key: 'at',
      header: 'When',
      cell: ({ at }) => <RelativeTime at={at} />,
      className: 'whitespace-nowrap text-ink-muted',
    },
    {
      key: 'operator',
      header: 'Who',
      cell: ({ operator }) => operator,
      className: 'max-w-40 truncate font-medium',
    },
    {
      key: 'action',
      header: 'What',
      cell: ({ action }) => <span title={action}>{actionWords(action)}</span>,
      className: 'whitespace-nowrap',
    },
    {
      key: 'target',
      header: 'Where',
      cell: ({ target }) => <span title={target}>{labels(target)}</span>,
      className: 'max-w-48 truncate max-sm:hidden',
    },
    {
      key: 'change',
      header: 'Change',
      cell: (entry) => {
        const words = diffSummary(entry);
        return <span title={words}>{words}</span>;
      },
      className: 'max-w-64 truncate text-ink-muted max-lg:hidden',
    },
    {
      key: 'reason',
      header: 'Why',
      cell: ({ reason }) => <span title={reason}>{reason}</span>,
      className: 'max-w-80 truncate max-md:max-w-24',
    },
  ];
}

interface FileKind {
  extension: string;
  type: string;
  write: (all: readonly AuditEntry[]) => string;
}

/** All of the range and the filters as a file, fetched to the end first. */
function ExportMenu({
  entries,
  more,
  fetchAll,
}: {
  entries: readonly AuditEntry[];
  more: boolean;
  fetchAll: () => Promise<AuditEntry[]>;
}) {
  const saving = useMutation({
    mutationFn: async ({ extension, type, write }: FileKind) => {
      const all = await fetchAll();
      const newest = new Date(all[0]?.at ?? 0).toISOString().slice(0, 10);
      saveText(`switchyard-audit-${newest}.${extension}`, type, write(all));
    },
  });
  const rows = more ? 'all rows, older ones too' : `${formatCount(entries.length)} rows`;
  const menu = (
    <Menu
      trigger={
        <Button size="small" icon={Download} busy={saving.isPending} disabled={entries.length === 0}>
          Export
        </Button>
      }
      items={[
        {
          key: 'csv',
          label: 'CSV',
          hint: rows,
          onSelect: () => saving.mutate({ extension: 'csv', type: 'text/csv;charset=utf-8', write: auditToCsv }),
        },
        {
          key: 'json',
          label: 'JSON',
          hint: rows,
          onSelect: () => saving.mutate({ extension: 'json', type: 'application/json', write: auditToJson }),
        },
      ]}
    />
  );
  return (
    <>
      {saving.error && (
        <span role="alert" className="text-table text-bad">
          Not exported: {saving.error.message}
        </span>
      )}
      {menu}
    </>
  );
}
