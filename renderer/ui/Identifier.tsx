import { Check, Copy } from 'lucide-react';
import { shortenId } from '../../shared/format/identifier.ts';
import { useCopied } from './CopyButton.tsx';

/** An id in the code face, shortened; the whole on hover, copied on click. */
export function Identifier({ id, keep }: { id: string; keep?: number }) {
  const [copied, copy] = useCopied();
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      title={copied ? 'Copied' : `${id} (click to copy)`}
      onClick={(event) => {
        event.stopPropagation();
        void copy(id);
      }}
      className="group inline-flex items-center gap-1 font-mono text-table whitespace-nowrap text-ink-muted hover:text-ink"
    >
      {/* The words beside the visible id belong to its name: what is seen can be said to a voice control. */}
      <span className="sr-only">{copied ? 'Copied ' : 'Copy '}</span>
      {shortenId(id, keep)}
      <Icon
        aria-hidden="true"
        size={11}
        className="opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100"
      />
    </button>
  );
}
