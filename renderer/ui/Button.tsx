import { clsx } from 'clsx';
import type { LucideIcon } from 'lucide-react';
import type { ComponentPropsWithRef } from 'react';

type ButtonTone = 'plain' | 'primary' | 'danger' | 'quiet';

const TONES: Readonly<Record<ButtonTone, string>> = {
  plain: 'border-line-strong bg-raised text-ink hover:border-ink-faint',
  primary: 'border-accent bg-accent text-accent-ink font-medium hover:brightness-110',
  danger: 'border-bad-solid bg-bad-solid text-white font-medium hover:brightness-110',
  quiet: 'border-transparent text-ink-muted hover:bg-inset hover:text-ink',
};

interface ButtonProps extends ComponentPropsWithRef<'button'> {
  /** `danger` is for the final button of a costly or destructive action only. */
  tone?: ButtonTone;
  size?: 'small' | 'medium';
  icon?: LucideIcon;
  /** True while the action runs: the button keeps its place, says so to assistive technology, and takes no press. */
  busy?: boolean;
}

/** A button with its words; the icon only supports them. */
export function Button({
  tone = 'plain',
  size = 'medium',
  icon: Icon,
  busy = false,
  disabled,
  className,
  children,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={clsx(
        'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-small border whitespace-nowrap transition-colors duration-100 disabled:opacity-50',
        size === 'small' ? 'h-6 px-2 text-table' : 'h-8 px-3 text-body',
        TONES[tone],
        className,
      )}
    >
      {Icon && <Icon aria-hidden="true" size={size === 'small' ? 12 : 14} strokeWidth={1.75} />}
      {children}
    </button>
  );
}

interface IconButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'children'> {
  icon: LucideIcon;
  /** What it does, read aloud and shown on hover. */
  label: string;
  size?: 'small' | 'medium';
}

/** An icon that is a button; never without a label. */
export function IconButton({
  icon: Icon,
  label,
  size = 'medium',
  className,
  type = 'button',
  ...rest
}: IconButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      aria-label={label}
      title={label}
      className={clsx(
        'inline-flex shrink-0 items-center justify-center rounded-small text-ink-muted transition-colors duration-100 hover:bg-inset hover:text-ink disabled:opacity-50',
        size === 'small' ? 'size-6' : 'size-8',
        className,
      )}
    >
      <Icon aria-hidden="true" size={size === 'small' ? 13 : 16} strokeWidth={1.75} />
    </button>
  );
}
