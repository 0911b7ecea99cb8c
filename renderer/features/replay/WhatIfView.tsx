import { Download, Play, Square } from 'lucide-react';
import { useState } from 'react';
import type { ReplayResult } from '../../../shared/domain/replay.ts';
import { useSearchParameter } from '../../app/router.tsx';
import { useRange } from '../../app/use-range.ts';
import { useConsoleApi } from '../../api/client.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { rangeLabel, rangeQuery } from '../../state/range.ts';
import { isSameReplay, startReplay, stopReplay, useReplayRun } from '../../state/replay-run.ts';
import { useRoutingDraft } from '../../state/routing-draft.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Field, TextArea } from '../../ui/Field.tsx';
import { saveText } from '../../ui/files.ts';
import { Panel } from '../../ui/Panel.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { Since } from '../../ui/time.tsx';
import { ReplayFigures } from './ReplayFigures.tsx';
import { REPLAY_SOURCES, replayRequest, replayToJson, sourceOf, type ReplaySource } from './replay-model.ts';
import { VersionPicker } from './VersionPicker.tsx';

/** Puts recorded traffic to another configuration and shows the difference. Sends nothing to any provider. */
export function WhatIfView() {
  const { client } = useConsoleApi();
  const stale = useConnection(isStale);
  const range = useRange();
  const [chosen, choose] = useSearchParameter('source');
  const [version, setVersion] = useSearchParameter('version');
  const changes = useRoutingDraft((draft) => draft.changes);
  const [registry, setRegistry] = useState(() => useReplayRun.getState().request?.registry ?? '');
  const { runningSince, result, answered, problem } = useReplayRun();
  const source = sourceOf(chosen);
  const asked = replayRequest(source, { span: rangeQuery(range), changes, version, registry });
  const running = runningSince !== null;
  return (
    <div className="flex flex-col gap-2 sm:gap-3">
      <Panel
        title="What if the traffic met another configuration?"
        note={`recorded requests of callers, ${rangeLabel(range)}; nothing is sent`}
        actions={
          running ? (
            <Button size="small" icon={Square} onClick={stopReplay}>
              Stop
            </Button>
          ) : (
            <Button
              size="small"
              tone="primary"
              icon={Play}
              disabled={stale || !asked.ok}
              onClick={() => asked.ok && void startReplay(client.replay, asked.request)}
            >
              Replay
            </Button>
          )
        }
      >
        <div className="flex flex-col gap-3">
          <Segmented<ReplaySource>
            label="Configuration to try"
            labelled
            value={source}
            options={REPLAY_SOURCES}
            onChange={(value) => choose(value, { replace: true })}
          />
          {source === 'draft' && Object.keys(changes).length > 0 && (
            <pre
              tabIndex={0}
              aria-label="Unsaved changes"
              className="max-h-48 overflow-auto rounded-small bg-inset p-2 font-mono text-table whitespace-pre-wrap"
            >
              {JSON.stringify(changes, null, 2)}
            </pre>
          )}
          {source === 'version' && (
            <VersionPicker value={version ?? '0'} onChange={(value) => setVersion(value, { replace: true })} />
          )}
          {source === 'registry' && (
            <Field label="Registry file" hint="Its text; the keys of the environment stay as they are.">
              {(control) => (
                <TextArea
                  {...control}
                  className="min-h-48 font-mono"
                  spellCheck={false}
                  value={registry}
                  placeholder={'models:\n  kimi:\n    adapter: vllm\n    endpoint: http://127.0.0.1:8000'}
                  onChange={(event) => setRegistry(event.target.value)}
                />
              )}
            </Field>
          )}
          {!asked.ok && <p className="text-ink-muted">{asked.missing}</p>}
          {running && (
            <p role="status" className="text-ink-muted">
              Replaying for <Since at={runningSince} />. It goes on while you look at another view.
            </p>
          )}
          {problem !== null && (
            <p role="alert" className="break-words text-bad">
              {problem}
            </p>
          )}
        </div>
      </Panel>
      {result ? (
        <Result result={result} outdated={running || !asked.ok || !isSameReplay(answered, asked.request)} />
      ) : (
        <EmptyState
          title="The difference shows here: shares, cost, refusals, latency, and requests that would go elsewhere."
          hint="A day of 100,000 requests takes a few seconds."
          minHeight={160}
        />
      )}
    </div>
  );
}

function Result({ result, outdated }: { result: ReplayResult; outdated: boolean }) {
  if (result.requests === 0) {
    return (
      <EmptyState title="No request was recorded in this range." hint="Choose a longer range above." minHeight={160} />
    );
  }
  return (
    <div aria-busy={outdated || undefined}>
      <div className="mb-2 flex flex-wrap items-center justify-end gap-2">
        {outdated && <p className="mr-auto text-warn">These figures are of what was asked before.</p>}
        <Button
          size="small"
          icon={Download}
          onClick={() => saveText('what-if.json', 'application/json', replayToJson(result))}
        >
          Export as JSON
        </Button>
      </div>
      <ReplayFigures result={result} />
    </div>
  );
}
