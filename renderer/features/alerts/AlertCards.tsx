import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Alert } from '../../../shared/domain/alerts.ts';
import type { OperatorNote } from '../../../shared/domain/operations.ts';
import { useConsoleApi } from '../../api/client.ts';
import { useSearchParameter } from '../../app/router.tsx';
import { isStale, useConnection } from '../../state/connection.ts';
import { NoteDialog } from '../operator-note/NoteDialog.tsx';
import { AlertCard } from './AlertCard.tsx';
import { matchersOf } from './alert-words.ts';

interface AlertCardsProps {
  alerts: readonly Alert[];
  /** Asks for a silence with these matchers. */
  onSilence: (matchers: string) => void;
}

/** Alerts one under the other, with what can be done about each. */
export function AlertCards({ alerts, onSilence }: AlertCardsProps) {
  const { client, query } = useConsoleApi();
  const queries = useQueryClient();
  const stale = useConnection(isStale);
  const [chosen] = useSearchParameter('alert');
  const [acknowledging, setAcknowledging] = useState<Alert | null>(null);
  const acknowledge = useMutation({
    mutationFn: ({ id, operator, reason }: OperatorNote & { id: string }) =>
      client.alerts.acknowledge({ id, operator, reason }),
    onSuccess: () => {
      setAcknowledging(null);
      void queries.invalidateQueries({ queryKey: query.alerts.key() });
    },
  });
  return (
    <>
      <ul className="divide-y divide-line">
        {alerts.map((alert) => (
          <AlertCard
            key={alert.id}
            alert={alert}
            chosen={alert.id === chosen}
            disabled={stale}
            onAcknowledge={() => setAcknowledging(alert)}
            onSilence={() => onSilence(matchersOf(alert))}
          />
        ))}
      </ul>
      {acknowledging && (
        <NoteDialog
          title={`Acknowledge ${acknowledging.rule}`}
          description="Everybody sees that you are on it. It goes on firing until its cause is gone."
          action="Acknowledge"
          busy={acknowledge.isPending}
          error={acknowledge.error}
          onSubmit={(note) => acknowledge.mutate({ id: acknowledging.id, ...note })}
          onClose={() => {
            setAcknowledging(null);
            acknowledge.reset();
          }}
        />
      )}
    </>
  );
}
