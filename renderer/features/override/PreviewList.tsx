import { StatusShape } from '../../ui/StatusMark.tsx';
import type { PreviewLine } from './override-preview.ts';

/** What an action would do, in figures. */
export function PreviewList({ lines }: { lines: readonly PreviewLine[] }) {
  return (
    <dl
      aria-label="Effect"
      className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 rounded-panel border border-line bg-inset px-3 py-2 text-table"
    >
      {lines.map(({ label, text, mark }) => (
        <div key={label} className="contents">
          <dt className="text-ink-faint">{label}</dt>
          <dd className="flex items-baseline gap-1.5">
            {mark && <StatusShape status={mark} size={8} />}
            <span>{text}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
