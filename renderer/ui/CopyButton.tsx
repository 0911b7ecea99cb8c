import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { showNotice } from '../state/notices.ts';
import { copyToClipboard } from './clipboard.ts';
import { IconButton } from './Button.tsx';

const COPIED_MS = 1200;

/** Whether something was copied a moment ago, and what copies. Where the browser refuses, a notice has the text. */
export function useCopied(): [copied: boolean, copy: (text: string) => Promise<void>] {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (text: string) => {
    try {
      await copyToClipboard(text);
      setCopied(true);
    } catch {
      showNotice('The browser does not let this page copy: select the text instead.', 'failed');
    }
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
