import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { shortenId } from '../../shared/format/identifier.ts';

/** An id in the code face, shortened; the whole on hover, copied on click. */
export function Identifier({ id, keep }: { id: string; keep?: number }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1200);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    await navigator.clipboard.writeText(id);
    setCopied(true);
  };
  const Icon = copied ? Check : Copy;
  return (
    <button
      type="button"
      title={copied ? 'Copied' : `${id} (click to copy)`}
      aria-label={copied ? `Copied ${id}` : `Copy ${id}`}
      onClick={(event) => {
        event.stopPropagation();
        void copy();
      }}
      className="group inline-flex items-center gap-1 font-mono text-table whitespace-nowrap text-ink-muted hover:text-ink"
    >
      {shortenId(id, keep)}
      <Icon
        aria-hidden="true"
        size={11}
        className="opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100"
      />
    </button>
  );
}
