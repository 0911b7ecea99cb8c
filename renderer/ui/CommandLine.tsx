import { CopyButton } from './CopyButton.tsx';

/** A shell command to be copied. A long one is shown on several lines and copied as one. */
export function CommandLine({ command }: { command: string }) {
  return (
    <div className="flex items-center gap-1 rounded-small border border-line bg-inset pr-1">
      <code className="min-w-0 flex-1 px-2 py-1.5 font-mono text-table break-words whitespace-pre-wrap text-ink">
        {command}
      </code>
      <CopyButton text={command} label={`Copy the command ${command.split(' ', 2).join(' ')}`} />
    </div>
  );
}
