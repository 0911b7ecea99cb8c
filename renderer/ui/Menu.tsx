import type { LucideIcon } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';

export interface MenuItem {
  key: string;
  label: string;
  icon?: LucideIcon;
  /** Faint words after the label. */
  hint?: string;
  disabled?: boolean;
  onSelect: () => void;
}

/** A menu of actions under one trigger element. */
export function Menu({
  trigger,
  items,
  align = 'end',
}: {
  trigger: ReactNode;
  items: readonly MenuItem[];
  align?: 'start' | 'end';
}) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 min-w-40 animate-appear rounded-panel border border-line-strong bg-raised p-1 text-body text-ink"
        >
          {items.map(({ key, label, icon: Icon, hint, disabled, onSelect }) => (
            <DropdownMenu.Item
              key={key}
              disabled={disabled}
              onSelect={onSelect}
              className="flex h-7 cursor-default items-center gap-2 rounded-small px-2 outline-none data-disabled:opacity-50 data-highlighted:bg-accent-soft"
            >
              {Icon && <Icon aria-hidden="true" size={14} strokeWidth={1.75} className="text-ink-muted" />}
              {label}
              {hint && <span className="ml-auto pl-4 text-table text-ink-faint">{hint}</span>}
            </DropdownMenu.Item>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
