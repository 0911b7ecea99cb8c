import { clsx } from 'clsx';
import { X } from 'lucide-react';
import { Dialog as RadixDialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { IconButton } from './Button.tsx';
import { useReturningFocus } from './returning-focus.ts';

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description?: ReactNode;
  /** Buttons, in reading order; the decisive one last. */
  footer?: ReactNode;
  /** `drawer` stands at the right edge and keeps the view in sight; `sheet` at the lower edge, for a thumb. */
  shape?: 'centre' | 'drawer' | 'sheet';
  width?: 'medium' | 'wide';
  children: ReactNode;
}

const SHAPES = {
  drawer: 'inset-y-0 right-0 w-full sm:w-[min(90vw,40rem)]',
  sheet: 'inset-x-0 bottom-0 max-h-[85dvh] rounded-t-panel',
  centre:
    'top-1/2 left-1/2 max-h-[calc(100dvh-1rem)] w-[calc(100vw-1rem)] -translate-x-1/2 -translate-y-1/2 rounded-panel',
} as const;

/**
 * A modal dialog with focus kept inside, closed by Escape. The backdrop is our own element: Radix's overlay locks the
 * scroll by injecting a style element, which the console's content security policy refuses.
 */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  footer,
  shape = 'centre',
  width = 'medium',
  children,
}: DialogProps) {
  const focus = useReturningFocus();
  return (
    <RadixDialog.Root open={open} onOpenChange={onOpenChange}>
      <RadixDialog.Portal>
        <div aria-hidden="true" className="fixed inset-0 z-40 animate-appear bg-black/50" />
        <RadixDialog.Content
          {...focus}
          {...(description ? {} : { 'aria-describedby': undefined })}
          className={clsx(
            'fixed z-40 flex animate-appear flex-col border border-line-strong bg-surface text-body text-ink outline-none',
            SHAPES[shape],
            shape === 'centre' && (width === 'wide' ? 'max-w-4xl' : 'max-w-xl'),
          )}
        >
          <header className="border-b border-line py-3 pr-12 pl-4">
            <div className="min-w-0">
              <RadixDialog.Title className="text-lead font-medium">{title}</RadixDialog.Title>
              {description && (
                <RadixDialog.Description className="mt-0.5 text-body text-ink-muted">
                  {description}
                </RadixDialog.Description>
              )}
            </div>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">{children}</div>
          {footer && (
            <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">{footer}</footer>
          )}
          {/* Last in order, so that the focus begins in the content. */}
          <RadixDialog.Close asChild>
            <IconButton icon={X} label="Close" size="small" className="absolute! top-3 right-3" />
          </RadixDialog.Close>
        </RadixDialog.Content>
      </RadixDialog.Portal>
    </RadixDialog.Root>
  );
}
