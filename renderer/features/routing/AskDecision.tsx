import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import type { RouteQuestion } from '../../../shared/domain/decision.ts';
import { taskSchema } from '../../../shared/domain/decision.ts';
import { useConsoleApi } from '../../api/client.ts';
import { Button } from '../../ui/Button.tsx';
import { Field, TextInput } from '../../ui/Field.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { DecisionExplanation } from './DecisionExplanation.tsx';

/** Asks where a request would go now, and shows every candidate with its reason. Sends nothing to a provider. */
export function AskDecision() {
  const { client } = useConsoleApi();
  const [model, setModel] = useState('auto');
  const [callSite, setCallSite] = useState('');
  const [task, setTask] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const ask = useMutation({ mutationFn: (question: RouteQuestion) => client.route(question) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readTask(task);
    setProblem('problem' in read ? read.problem : null);
    if ('problem' in read) return;
    ask.mutate({
      model: model.trim() || 'auto',
      ...(callSite.trim() === '' ? {} : { call_site: callSite.trim() }),
      ...(read.task === undefined ? {} : { task: read.task }),
    });
  };
  return (
    <Panel title="Where would a request go?" note="decides with the routing in effect; sends nothing">
      <form onSubmit={submit} noValidate className="flex flex-wrap items-start gap-3">
        <Field label="Model" className="min-w-36 flex-1" hint="auto, a name, tier:fast, call-site:NAME">
          {(control) => <TextInput {...control} value={model} onChange={(event) => setModel(event.target.value)} />}
        </Field>
        <Field label="Call site" className="min-w-36 flex-1" hint="empty for none">
          {(control) => (
            <TextInput {...control} value={callSite} onChange={(event) => setCallSite(event.target.value)} />
          )}
        </Field>
        <Field label="Task" className="min-w-52 flex-2" error={problem} hint="JSON as in the task header, or empty">
          {(control) => (
            <TextInput
              {...control}
              className="font-mono"
              value={task}
              placeholder='{"agent_ais":{"combined_score":5}}'
              onChange={(event) => setTask(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" busy={ask.isPending} className="mt-5">
          Decide
        </Button>
      </form>
      {ask.error && (
        <p role="alert" className="mt-2 text-bad">
          {ask.error.message}
        </p>
      )}
      {ask.data && (
        <div role="status" className="mt-3">
          <DecisionExplanation decision={ask.data} at={ask.submittedAt} />
        </div>
      )}
    </Panel>
  );
}

function readTask(text: string): { task: RouteQuestion['task'] | undefined } | { problem: string } {
  if (text.trim() === '') return { task: undefined };
  try {
    const task = taskSchema.safeParse(JSON.parse(text));
    if (task.success) return { task: task.data };
    const issue = task.error.issues[0];
    return { problem: `${issue?.path.join('.') ?? 'The task'}: ${issue?.message ?? 'is not as documented'}` };
  } catch {
    return { problem: 'This is no JSON.' };
  }
}
