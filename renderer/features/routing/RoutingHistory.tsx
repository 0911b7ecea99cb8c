import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { useState } from 'react';
import type { OperatorNote } from '../../../shared/domain/operations.ts';
import type { RoutingState, RoutingVersion } from '../../../shared/domain/routing.ts';
import { useSearchParameter } from '../../app/router.tsx';
import { useConsoleApi } from '../../api/client.ts';
import { Button } from '../../ui/Button.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { panelStateOf } from '../../ui/panel-state.ts';
import { RelativeTime } from '../../ui/time.tsx';
import { DiffList } from './DiffList.tsx';
import { NoteDialog } from '../operator-note/NoteDialog.tsx';

const PAGE = 20;

/** Every version that was saved: by whom, why, what it changed, and the way back to it. */
export function RoutingHistory({ state }: { state: RoutingState }) {
  const { query } = useConsoleApi();
  const [opened, setOpened] = useSearchParameter('version');
  const [target, setTarget] = useState<number | null>(null);
  const history = useInfiniteQuery(
    query.routing.history.infiniteOptions({
      input: (before: number | undefined) => ({ limit: PAGE, ...(before === undefined ? {} : { before }) }),
      queryKey: [...query.routing.history.key(), 'pages', state.version],
      initialPageParam: undefined,
      getNextPageParam: ({ versions }) => (versions.length < PAGE ? undefined : versions.at(-1)?.version),
    }),
  );
  const versions = history.data?.pages.flatMap((page) => page.versions) ?? [];
  return (
    <Panel
      title="History"
      note={state.version === 0 ? 'the file alone holds' : `version ${state.version} holds`}
      flush
      state={panelStateOf(history, () =>
        versions.length === 0
          ? { title: 'Nothing was saved in the console yet.', hint: 'The registry file alone decides.' }
          : null,
      )}
      actions={
        state.version > 0 && (
          <Button size="small" onClick={() => setTarget(0)}>
            Back to the file
          </Button>
        )
      }
    >
      <ul className="divide-y divide-line">
        {versions.map((version) => (
          <VersionRow
            key={version.version}
            version={version}
            current={version.version === state.version}
            open={opened === String(version.version)}
            onToggle={(open) => setOpened(open ? String(version.version) : null, { replace: true })}
            onRollback={() => setTarget(version.version)}
          />
        ))}
      </ul>
      {history.hasNextPage && (
        <div className="p-2">
          <Button size="small" busy={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
            Show earlier versions
          </Button>
        </div>
      )}
      {target !== null && <RollbackDialog version={target} state={state} onClose={() => setTarget(null)} />}
    </Panel>
  );
}

interface VersionRowProps {
  version: RoutingVersion;
  current: boolean;
  open: boolean;
  onToggle: (open: boolean) => void;
  onRollback: () => void;
}

function VersionRow({ version, current, open, onToggle, onRollback }: VersionRowProps) {
  const changes = `${version.diff.length} ${version.diff.length === 1 ? 'setting' : 'settings'}`;
  return (
    <li className="px-3 py-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <button
          type="button"
          aria-expanded={open}
          className="min-w-0 flex-1 basis-56 text-left hover:text-accent"
          onClick={() => onToggle(!open)}
        >
          <span className="font-medium tabular-nums">Version {version.version}</span>
          {current && <span className="ml-2 text-ok">in effect</span>}
          {version.restores !== null && (
            <span className="ml-2 text-ink-muted">
              brings back {version.restores === 0 ? 'the file' : `version ${version.restores}`}
            </span>
          )}
          <span className="block text-table break-words text-ink-muted">
            {version.operator}: {version.reason} ({changes})
          </span>
        </button>
        <span className="text-table text-ink-faint">
          <RelativeTime at={version.at} />
        </span>
        {!current && (
          <Button size="small" icon={History} onClick={onRollback}>
            Roll back to {version.version}
          </Button>
        )}
      </div>
      {open && (
        <div className="mt-2 rounded-small bg-inset p-2">
          <DiffList diff={version.diff} />
        </div>
      )}
    </li>
  );
}

function RollbackDialog({ version, state, onClose }: { version: number; state: RoutingState; onClose: () => void }) {
  const { client, query } = useConsoleApi();
  const queries = useQueryClient();
  const rollback = useMutation({
    mutationFn: (note: OperatorNote) => client.routing.rollback({ version, expected_version: state.version, ...note }),
    onSuccess: () => {
      onClose();
      void queries.invalidateQueries({ queryKey: query.routing.key() });
    },
  });
  const name = version === 0 ? 'the file' : `version ${version}`;
  return (
    <NoteDialog
      title={`Roll back to ${name}`}
      description={`What is stored becomes exactly what it was with ${name}, as a new version. It takes effect at once.`}
      action="Roll back"
      busy={rollback.isPending}
      error={rollback.error}
      onSubmit={(note) => rollback.mutate(note)}
      onClose={onClose}
    />
  );
}
