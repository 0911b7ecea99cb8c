import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { RoutingState } from '../../../shared/domain/routing.ts';
import { useSearchParameter } from '../../app/router.tsx';
import { useConsoleApi } from '../../api/client.ts';
import { useStatus } from '../../state/live.ts';
import { hasDraft, replaceDraft, useRoutingDraft } from '../../state/routing-draft.ts';
import { Count } from '../../ui/figures.tsx';
import { Field, TextArea } from '../../ui/Field.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { panelStateOf } from '../../ui/panel-state.ts';
import { Segmented } from '../../ui/Segmented.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { AskDecision } from './AskDecision.tsx';
import { DraftBar } from './DraftBar.tsx';
import { readDraftText, settingGroups } from './routing-model.ts';
import { RetiredModels } from './RetiredModels.tsx';
import { RoutingHistory } from './RoutingHistory.tsx';
import { SettingTable } from './SettingTable.tsx';

/** How requests are routed: what holds and where from, edits with their check and preview, and every version so far. */
export function RoutingView() {
  const { query } = useConsoleApi();
  const configVersion = useStatus()?.config.version ?? '';
  const routing = useQuery(
    query.routing.get.queryOptions({
      // A reload of the file, or somebody else's save, is a transition of the live stream.
      queryKey: [...query.routing.get.queryKey(), configVersion],
      placeholderData: (previous) => previous,
    }),
  );
  const state = panelStateOf({ ...routing, isPlaceholderData: false });
  if (!routing.data) {
    return (
      <div>
        {state.kind === 'error' ? (
          <Panel title="Routing" state={state} />
        ) : (
          <Skeleton height={320} label="Loading the routing" />
        )}
      </div>
    );
  }
  return <Routing state={routing.data} />;
}

function Routing({ state }: { state: RoutingState }) {
  const changes = useRoutingDraft((draft) => draft.changes);
  const [section, setSection] = useSearchParameter('section');
  const groups = settingGroups(state);
  const shown = section === 'json' ? null : (groups.find(({ id }) => id === section) ?? groups[0]);
  const sections = [...groups.map(({ id, title }) => ({ value: id, label: title })), { value: 'json', label: 'JSON' }];
  const edited = useRoutingDraft(hasDraft);
  const upstream = useStatus()?.providers.flatMap(({ model }) => model ?? []) ?? [];
  const models = [...new Set([...state.providers, ...upstream])];
  return (
    <div className="flex flex-col gap-2 sm:gap-3">
      {state.set_aside !== null && (
        <p role="alert" className="rounded-panel border border-warn/40 bg-warn-soft px-3 py-2">
          Version {state.version} is stored but not in effect: {state.set_aside}
        </p>
      )}
      <RetiredModels state={state} />
      {edited && <DraftBar state={state} />}
      <div className="grid items-start gap-3 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-3">
          <Segmented
            label="Part of the routing"
            value={shown?.id ?? 'json'}
            options={sections}
            onChange={(value) => setSection(value, { replace: true })}
          />
          {shown === null ? (
            <DraftText key={state.version} state={state} />
          ) : (
            <Panel title={shown?.title} note={shown?.hint} flush state={emptyGroup(shown?.settings.length ?? 0)}>
              {shown?.id === 'restrictions' && <RestrictedNote state={state} />}
              <SettingTable
                settings={shown?.settings ?? []}
                providers={state.providers}
                models={models}
                changes={changes}
                version={state.version}
              />
            </Panel>
          )}
        </div>
        <div className="flex min-w-0 flex-col gap-3">
          <RoutingHistory state={state} />
          <AskDecision />
        </div>
      </div>
    </div>
  );
}

function emptyGroup(settings: number) {
  if (settings > 0) return { kind: 'ready' as const };
  return {
    kind: 'empty' as const,
    title: 'Nothing is set here.',
    hint: 'Add it in the registry file, or as JSON.',
  };
}

/** The draft as it is sent; for what has no row of its own, such as a new call site. */
function DraftText({ state }: { state: RoutingState }) {
  const changes = useRoutingDraft((draft) => draft.changes);
  const [text, setText] = useState(() => JSON.stringify(changes, null, 2));
  const [problem, setProblem] = useState<string | null>(null);
  const type = (next: string) => {
    setText(next);
    const read = readDraftText(next);
    setProblem('problem' in read ? read.problem : null);
    if ('changes' in read) replaceDraft(read.changes, state.version);
  };
  return (
    <Panel title="Changes as JSON" note="merged into what is stored; null takes a stored value away">
      <div className="grid gap-3 lg:grid-cols-2">
        <Field label="Changes" error={problem}>
          {(control) => (
            <TextArea
              {...control}
              className="min-h-72 font-mono"
              spellCheck={false}
              value={text}
              onChange={(event) => type(event.target.value)}
            />
          )}
        </Field>
        <div className="flex min-w-0 flex-col gap-1">
          <h3 className="text-table font-medium text-ink-muted">In effect</h3>
          <pre
            tabIndex={0}
            className="max-h-96 overflow-auto rounded-small bg-inset p-2 font-mono text-table whitespace-pre-wrap"
          >
            {JSON.stringify(state.effective, null, 2)}
          </pre>
        </div>
      </div>
    </Panel>
  );
}

function RestrictedNote({ state }: { state: RoutingState }) {
  const { requests, since, models } = state.restricted;
  return (
    <p className="border-b border-line px-3 py-2 text-ink-muted">
      <Count value={requests} unit={requests === 1 ? 'request' : 'requests'} /> asked for a restricted model since{' '}
      <RelativeTime at={since} />
      {models.length > 0 &&
        `: ${models.map((use) => `${use.model} → ${use.replaced_by} (${use.requests})`).join(', ')}`}
      .
    </p>
  );
}
