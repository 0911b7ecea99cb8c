import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OperatorNote } from '../../../shared/domain/operations.ts';
import { useConsoleApi } from '../../api/client.ts';
import { Segmented } from '../../ui/Segmented.tsx';
import { NoteDialog } from '../override/NoteDialog.tsx';

const KINDS = [
  { value: 'deploy', label: 'A deploy' },
  { value: 'note', label: 'A note' },
] as const;

/** Notes a deploy, or anything else, beside the charts. */
export function AnnotateDialog({ onClose }: { onClose: () => void }) {
  const { client, query } = useConsoleApi();
  const queries = useQueryClient();
  const [kind, setKind] = useState<(typeof KINDS)[number]['value']>('deploy');
  const create = useMutation({
    mutationFn: ({ operator, reason }: OperatorNote) => client.annotations.create({ kind, text: reason, operator }),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: query.annotations.key() });
      onClose();
    },
  });
  return (
    <NoteDialog
      title="Mark this moment"
      description="Every chart over time shows it. Scripts do the same with POST /api/annotations."
      action="Mark"
      reasonLabel="What happened"
      busy={create.isPending}
      problem={create.error?.message ?? null}
      onSubmit={(note) => create.mutate(note)}
      onClose={onClose}
    >
      <Segmented label="Kind" labelled value={kind} options={KINDS} onChange={setKind} />
    </NoteDialog>
  );
}
