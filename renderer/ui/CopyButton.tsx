import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from './Button.tsx';

const COPIED_MS = 1200;

/** Whether something was copied a moment ago, and what copies. */
export function useCopied(): [copied: boolean, copy: (text: string) => Promise<void>] {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (text: string) => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return [copied, copy];
}

/** Copies a text and says for a moment that it did. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, copy] = useCopied();
  return (
    <IconButton
      icon={copied ? Check : Copy}
      size="small"
      label={copied ? 'Copied' : label}
      disabled={text === ''}
      onClick={() => void copy(text)}
    />
  );
}
