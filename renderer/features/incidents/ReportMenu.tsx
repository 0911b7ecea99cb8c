import { useMutation } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { Button } from '../../ui/Button.tsx';
import { saveText } from '../../ui/files.ts';
import { Menu } from '../../ui/Menu.tsx';

const FORMATS = [
  { format: 'md', label: 'Markdown', hint: 'a post-mortem to fill in' },
  { format: 'html', label: 'HTML', hint: 'one page with its charts' },
  { format: 'json', label: 'JSON', hint: 'every figure' },
] as const;
type ReportFormat = (typeof FORMATS)[number]['format'];

interface ReportMenuProps {
  /** File name without its ending. */
  name: string;
  load: (format: ReportFormat) => Promise<File>;
  disabled: boolean;
}

/** Saves a report as a file, in the format that is chosen. */
export function ReportMenu({ name, load, disabled }: ReportMenuProps) {
  const download = useMutation({
    mutationFn: async (format: ReportFormat) => {
      const file = await load(format);
      saveText(`${name}.${format}`, file.type, await file.text());
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
          <Button icon={Download} busy={download.isPending} disabled={disabled}>
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
