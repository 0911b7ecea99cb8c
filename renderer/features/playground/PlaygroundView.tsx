import { clsx } from 'clsx';
import { useEffect } from 'react';
import { useConsoleApi } from '../../api/client.ts';
import { useProviders, useStatus } from '../../state/live.ts';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { AnswerColumn } from './AnswerColumn.tsx';
import { bestAnswers, isRunning } from './comparison.ts';
import { firstTargets } from './comparison-form.ts';
import { editForm, runAll, stopAll, stopColumn, usePlayground } from './playground-store.ts';
import { PromptForm } from './PromptForm.tsx';

/** One prompt to several providers side by side: what they answer, how fast, and for how much. */
export function PlaygroundView() {
  const { client } = useConsoleApi();
  const providers = useProviders();
  const simulated = useStatus()?.simulated ?? false;
  const form = usePlayground((state) => state.form);
  const ran = usePlayground((state) => state.ran);
  const byTarget = usePlayground((state) => state.answers);

  const untouched = form.targets.length === 0;
  useEffect(() => {
    if (untouched && providers.length > 0) editForm({ targets: firstTargets(providers) });
  }, [untouched, providers]);

  const answers = ran.flatMap(({ id }) => byTarget[id] ?? []);
  const best = bestAnswers(answers);
  return (
    // The form stands beside two answers on a laptop, beside more only where there is room for all of them.
    <div
      className={clsx(
        'grid min-w-0 grid-cols-[minmax(0,1fr)] items-start gap-2 sm:gap-3',
        ran.length > 2 ? 'ultra:grid-cols-[22rem_minmax(0,1fr)]' : 'xl:grid-cols-[22rem_minmax(0,1fr)]',
      )}
    >
      <h1 className="sr-only">Playground</h1>
      <Panel title="Compare providers" className={ran.length > 2 ? 'ultra:sticky ultra:top-0' : 'xl:sticky xl:top-0'}>
        <PromptForm
          form={form}
          providers={providers}
          simulated={simulated}
          running={answers.some(isRunning)}
          onEdit={editForm}
          onRun={() => runAll(client.compare.stream)}
          onStop={stopAll}
        />
      </Panel>
      {ran.length === 0 ? (
        <EmptyState
          title="Answers appear here side by side"
          hint="Write a prompt, choose two or more providers, and run. Each answer streams with its time to first token, its speed, its tokens and its cost."
          minHeight={200}
        />
      ) : (
        <div className="grid min-w-0 auto-cols-[minmax(18rem,1fr)] gap-x-2 gap-y-0 max-md:grid-cols-1 max-md:gap-y-2 md:grid-flow-col md:grid-rows-[auto_minmax(10rem,auto)_auto] md:overflow-x-auto">
          {ran.map(({ id }, index) => {
            const answer = byTarget[id];
            return (
              answer && (
                <AnswerColumn
                  key={id}
                  answer={answer}
                  fastest={best.fastest === index}
                  cheapest={best.cheapest === index}
                  onStop={() => stopColumn(id)}
                />
              )
            );
          })}
        </div>
      )}
    </div>
  );
}
