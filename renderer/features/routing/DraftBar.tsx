import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OperatorNote } from '../../../shared/domain/operations.ts';
import type { RoutingState } from '../../../shared/domain/routing.ts';
import { useConsoleApi } from '../../api/client.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { discardDraft, replaceDraft, useRoutingDraft } from '../../state/routing-draft.ts';
import { Button } from '../../ui/Button.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { DiffList } from './DiffList.tsx';
import { DraftPreview } from './DraftPreview.tsx';
import { NoteDialog } from '../operator-note/NoteDialog.tsx';

/** What the draft would change, checked by the engine itself, and what can be done with it. */
export function DraftBar({ state }: { state: RoutingState }) {
  const { client, query } = useConsoleApi();
  const queries = useQueryClient();
  const stale = useConnection(isStale);
  const { changes, version } = useRoutingDraft();
  const [saving, setSaving] = useState(false);
  const check = useQuery(
    query.routing.check.queryOptions({ input: { changes }, placeholderData: (previous) => previous, retry: false }),
  );
  const save = useMutation({
    mutationFn: (note: OperatorNote) =>
      client.routing.change({ changes, expected_version: version ?? state.version, ...note }),
    onSuccess: () => {
      setSaving(false);
      discardDraft();
      void queries.invalidateQueries({ queryKey: query.routing.key() });
    },
  });
  const conflict = version !== null && version !== state.version;
  const problems = check.data?.problems ?? [];
  const ready = check.data !== undefined && !check.isPlaceholderData && problems.length === 0 && !conflict;
  const actions = (
    <>
      <Button size="small" onClick={discardDraft}>
        Discard
      </Button>
      <Button size="small" tone="primary" disabled={!ready || stale} onClick={() => setSaving(true)}>
        Save…
      </Button>
    </>
  );
  return (
    <Panel title="Unsaved changes" note="kept on this device; nothing holds before it is saved" actions={actions}>
      {conflict && (
        <div role="alert" className="mb-2 flex flex-wrap items-center gap-2 text-warn">
          <span>
            Version {state.version} was saved meanwhile; these changes were made on version {version}. Look at what
            differs now before you go on.
          </span>
          <Button size="small" onClick={() => replaceDraft(changes, state.version)}>
            Put them on version {state.version}
          </Button>
        </div>
      )}
      {check.error && <p className="text-bad">{check.error.message}</p>}
      {problems.length > 0 ? (
        <ul role="alert" className="text-bad">
          {problems.map(({ path, message }) => (
            <li key={path + message}>
              <span className="font-mono text-table">{path}</span> {message}
            </li>
          ))}
        </ul>
      ) : (
        check.data && <DiffList diff={check.data.diff} />
      )}
      <DraftPreview changes={changes} ready={check.data !== undefined && problems.length === 0} />
      {saving && (
        <NoteDialog
          title="Save the routing"
          description="It takes effect at once, as a new version that can be rolled back. It is written to the audit."
          action="Save"
          busy={save.isPending}
          error={save.error}
          onSubmit={(note) => save.mutate(note)}
          onClose={() => setSaving(false)}
        >
          <DiffList diff={check.data?.diff ?? []} />
        </NoteDialog>
      )}
    </Panel>
  );
}
