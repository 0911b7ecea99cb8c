import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type FormEvent } from 'react';
import type { NotifyChannel } from '../../../shared/domain/alerts.ts';
import { useConsoleApi } from '../../api/client.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { showNotice } from '../../state/notices.ts';
import { usePreferences } from '../../state/preferences.ts';
import { Button } from '../../ui/Button.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { OperatorField } from '../../ui/OperatorField.tsx';

/** Sends a test through one channel in the operator's name, and asks for it where this device does not know one. */
export function SendTest({ channel }: { channel: NotifyChannel }) {
  const { client, query } = useConsoleApi();
  const queries = useQueryClient();
  const stale = useConnection(isStale);
  const operator = usePreferences((state) => state.operator);
  const [asking, setAsking] = useState(false);
  const test = useMutation({
    mutationFn: (who: string) => client.notify.test({ channel: channel.name, operator: who }),
    onSuccess: () => showNotice(`A test is on its way to ${channel.name}.`),
    onError: (error) => showNotice(error.message, 'failed'),
    onSettled: () => void queries.invalidateQueries({ queryKey: query.notify.key() }),
  });
  return (
    <>
      <Button
        size="small"
        busy={test.isPending}
        disabled={stale || channel.problem !== null}
        aria-label={`Send a test through ${channel.name}`}
        onClick={() => (operator === '' ? setAsking(true) : test.mutate(operator))}
      >
        Send a test
      </Button>
      {asking && (
        <AskOperator
          channel={channel.name}
          onAnswer={(who) => {
            usePreferences.setState({ operator: who });
            setAsking(false);
            test.mutate(who);
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

interface AskOperatorProps {
  channel: string;
  onAnswer: (operator: string) => void;
  onClose: () => void;
}

function AskOperator({ channel, onAnswer, onClose }: AskOperatorProps) {
  const formId = useId();
  const [operator, setOperator] = useState('');
  const [tried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (operator.trim() !== '') onAnswer(operator.trim());
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Send a test through ${channel}`}
      description="The test is written to the audit in your name."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={formId} tone="primary">
            Send a test
          </Button>
        </>
      }
    >
      <form id={formId} noValidate onSubmit={submit}>
        <OperatorField
          value={operator}
          error={tried && operator.trim() === '' ? 'Say who you are.' : null}
          onChange={setOperator}
        />
      </form>
    </Dialog>
  );
}
