import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Pause, Play } from 'lucide-react';
import { useState } from 'react';
import type { Experiments } from '../../../shared/domain/experiments.ts';
import type { OperatorNote } from '../../../shared/domain/operations.ts';
import { formatCount } from '../../../shared/format/number.ts';
import { useConsoleApi } from '../../api/client.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { Button } from '../../ui/Button.tsx';
import { Fact, Facts } from '../../ui/Facts.tsx';
import { Quantity } from '../../ui/figures.tsx';
import { Meter } from '../../ui/Meter.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { NoteDialog } from '../operator-note/NoteDialog.tsx';
import { limitLabel, usedOfLimit } from '../overview/quota-words.ts';
import { dropWords, experimentMark, shadowSentence } from './experiment-words.ts';

/** What is sent where, since when, what it has cost today, and why not more. */
export function ExperimentState({ experiments }: { experiments: Experiments }) {
  const labels = useProviderLabels();
  const { since, held_back: heldBack, paused, config, quotas } = experiments;
  const readable = useReadableReason();
  const mark = experimentMark(experiments);
  const sentence = shadowSentence(experiments, labels);
  return (
    <Panel
      title={
        <>
          {sentence.before}
          {since !== null && (
            <>
              {' since '}
              <RelativeTime at={since} />
            </>
          )}
          {sentence.after}
        </>
      }
      actions={<PauseOrResume experiments={experiments} />}
    >
      <div className="grid items-start gap-x-8 gap-y-3 lg:grid-cols-2">
        <Facts>
          <Fact label="State">
            <StatusMark status={mark.status} word={mark.word} />
          </Fact>
          {heldBack !== null && <Fact label="Why">{readable(heldBack)}</Fact>}
          {paused && (
            <Fact label="Paused">
              by {paused.operator}, <RelativeTime at={paused.at} />: {paused.reason}
            </Fact>
          )}
          {config && config.until !== null && (
            <Fact label={experiments.state === 'ended' ? 'Ended' : 'Ends'}>
              <RelativeTime at={config.until} />
            </Fact>
          )}
          {quotas.map((quota) => (
            <Fact key={quota.limit} label={quota.limit === 'usd_per_day' ? 'Spent' : 'Copies'}>
              <Quantity text={usedOfLimit(quota)} />
              <Meter
                label={`Experiment: ${limitLabel(quota.limit)}`}
                value={quota.used}
                limit={quota.limit_value}
                text={usedOfLimit(quota)}
              />
            </Fact>
          ))}
        </Facts>
        <Counters counters={experiments.counters} />
      </div>
    </Panel>
  );
}

function Counters({ counters }: Pick<Experiments, 'counters'>) {
  const { sampled, sent, waiting, running } = counters;
  const dropped = counters.dropped.reduce((sum, { requests }) => sum + requests, 0);
  return (
    <Facts>
      <Fact label="Counted since">
        <RelativeTime at={counters.since} />
      </Fact>
      <Fact label="In the sample">
        <Quantity text={`${formatCount(sampled)}, of which ${formatCount(sent)} sent`} />
        {waiting + running > 0 && (
          <Quantity text={`, ${formatCount(running)} on the way, ${formatCount(waiting)} waiting`} />
        )}
      </Fact>
      <Fact label="Came to">
        <Quantity
          text={`${formatCount(counters.succeeded)} answered, ${formatCount(counters.failed)} failed, ${formatCount(counters.cancelled)} cancelled`}
        />
      </Fact>
      <Fact label="Not sent">
        <Quantity text={formatCount(dropped)} />
        {dropped > 0 && (
          <ul className="list-disc pl-5 text-table text-ink-muted">
            {counters.dropped.map(({ reason, requests }) => (
              <li key={reason}>
                {formatCount(requests)}: {dropWords(reason)}
              </li>
            ))}
          </ul>
        )}
      </Fact>
    </Facts>
  );
}

function PauseOrResume({ experiments: { state, config, summary } }: { experiments: Experiments }) {
  const { client, query } = useConsoleApi();
  const queries = useQueryClient();
  const labels = useProviderLabels();
  const stale = useConnection(isStale);
  const [asking, setAsking] = useState(false);
  const pausing = state === 'running';
  const change = useMutation({
    mutationFn: (note: OperatorNote) => (pausing ? client.experiments.pause(note) : client.experiments.resume(note)),
    onSuccess: (changed) => {
      setAsking(false);
      queries.setQueryData(query.experiments.get.queryKey(), changed);
    },
  });
  if (!config || (state !== 'running' && state !== 'paused')) return null;
  const open = () => {
    change.reset();
    setAsking(true);
  };
  const provider = labels(config.provider);
  return (
    <>
      <Button size="small" icon={pausing ? Pause : Play} disabled={stale} onClick={open}>
        {pausing ? 'Pause…' : 'Resume…'}
      </Button>
      {asking && (
        <NoteDialog
          title={pausing ? 'Pause the experiment' : 'Resume the experiment'}
          description={
            pausing
              ? `Nothing more is sent to ${provider}; what is on its way there may end. The ${formatCount(summary.pairs)} pairs stay, and it rests over a restart too, until somebody resumes it.`
              : `Requests of callers are sent to ${provider} as well again, within the budget of the experiment.`
          }
          action={pausing ? 'Pause' : 'Resume'}
          busy={change.isPending}
          error={change.error}
          onSubmit={(note) => change.mutate(note)}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
