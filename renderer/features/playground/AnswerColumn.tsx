import { Square } from 'lucide-react';
import { useProviderColors, useProviderLabels } from '../../state/provider-colors.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { IconButton } from '../../ui/Button.tsx';
import { CopyButton } from '../../ui/CopyButton.tsx';
import { Swatch } from '../../ui/charts/Legend.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { AnswerText } from './AnswerText.tsx';
import { isRunning, type Answer } from './comparison.ts';
import { failureWords } from './failure-words.ts';
import { MetricStrip } from './MetricStrip.tsx';

interface AnswerColumnProps {
  answer: Answer;
  fastest: boolean;
  cheapest: boolean;
  onStop: () => void;
}

/** One provider's answer as it streams, its thinking, its end or its failure, and its figures. */
export function AnswerColumn({ answer, fastest, cheapest, onStop }: AnswerColumnProps) {
  const name = useProviderLabels()(answer.provider);
  const color = useProviderColors()(answer.provider);
  return (
    <article
      aria-label={`Answer of ${name}`}
      aria-busy={isRunning(answer) || undefined}
      className="row-span-3 grid min-w-0 grid-rows-subgrid gap-0 rounded-panel border border-line bg-surface"
    >
      <header className="flex min-w-0 items-center gap-2 border-b border-line px-3 py-1.5">
        <Swatch color={color} />
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-medium">{name}</h2>
          <p className="truncate font-mono text-micro text-ink-faint" title={answer.model ?? undefined}>
            {answer.model ?? 'model not told yet'}
          </p>
        </div>
        <PhaseMark answer={answer} />
        {isRunning(answer) ? (
          <IconButton icon={Square} size="small" label={`Stop ${name}`} onClick={onStop} />
        ) : (
          <CopyButton text={answer.text} label={`Copy the answer of ${name}`} />
        )}
      </header>
      <div className="min-h-40 overflow-y-auto px-3 py-2 lg:max-h-[52vh]">
        {answer.thinking !== '' && (
          <Thinking text={answer.thinking} running={answer.text === '' && isRunning(answer)} />
        )}
        {answer.text !== '' && <AnswerText text={answer.text} />}
        {answer.text === '' && answer.thinking === '' && isRunning(answer) && (
          <p className="text-ink-faint">Waiting for the first token.</p>
        )}
        {answer.phase === 'failed' && <Failure answer={answer} />}
        {answer.phase === 'stopped' && (
          <p className="mt-2 text-table text-ink-faint">Stopped here; the answer is not whole.</p>
        )}
        {answer.phase === 'done' && answer.text === '' && <p className="text-ink-faint">The answer is empty.</p>}
        {answer.result?.finish_reason === 'length' && (
          <p className="mt-2 text-table text-warn">Cut at the limit of max tokens.</p>
        )}
      </div>
      <MetricStrip answer={answer} fastest={fastest} cheapest={cheapest} />
    </article>
  );
}

function PhaseMark({ answer }: { answer: Answer }) {
  switch (answer.phase) {
    case 'waiting':
      return <StatusMark status="unknown" word="waiting" className="text-table" />;
    case 'streaming':
      return <StatusMark status="unknown" word="streaming" className="text-table" />;
    case 'done':
      return <StatusMark status="healthy" word="done" className="text-table" />;
    case 'failed':
      return <StatusMark status="unhealthy" word="failed" className="text-table" />;
    case 'stopped':
      return <StatusMark status="degraded" word="stopped" className="text-table" />;
  }
}

function Thinking({ text, running }: { text: string; running: boolean }) {
  return (
    <details className="mb-2 rounded-small border border-line bg-inset px-2 py-1 text-table text-ink-muted">
      <summary>{running ? 'Thinking…' : 'Thinking'}</summary>
      <p className="mt-1 break-words whitespace-pre-wrap">{text}</p>
    </details>
  );
}

function Failure({ answer }: { answer: Answer }) {
  const readable = useReadableReason();
  return (
    <div role="alert" className="mt-2 rounded-small border border-bad/40 bg-bad-soft px-2 py-1.5">
      <p className="font-medium">{failureWords(answer.result?.failure_class ?? null)}</p>
      {answer.problem && <p className="mt-0.5 text-table break-words text-ink-muted">{readable(answer.problem)}</p>}
    </div>
  );
}
