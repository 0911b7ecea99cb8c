import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import type { IncidentReportQuery } from '../../../shared/domain/incidents.ts';
import { useConsoleApi } from '../../api/client.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { Button } from '../../ui/Button.tsx';
import { saveText } from '../../ui/files.ts';
import { Menu } from '../../ui/Menu.tsx';

const FORMATS = [
  { format: 'md', label: 'Markdown', hint: 'a post-mortem to fill in' },
  { format: 'html', label: 'HTML', hint: 'one page with its charts' },
  { format: 'json', label: 'JSON', hint: 'every figure' },
] as const;

/** The report of an incident as a file. */
export function ExportIncident({ id }: { id: number }) {
  const { client } = useConsoleApi();
  const stale = useConnection(isStale);
  const download = useMutation({
    mutationFn: async (format: IncidentReportQuery['format']) => {
      const file = await client.incidents.report({ id, format });
      saveText(`incident-${id}.${format}`, file.type, await file.text());
    },
  });
  return (
    <>
      {download.error && (
        <p role="alert" className="text-bad">
          {download.error.message}
        </p>
      )}
      <Menu
        trigger={
          <Button icon={Download} busy={download.isPending} disabled={stale}>
            Report
          </Button>
        }
        items={FORMATS.map(({ format, label, hint }) => ({
          key: format,
          label,
          hint,
          onSelect: () => download.mutate(format),
        }))}
      />
    </>
  );
}
