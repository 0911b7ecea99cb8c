import { clsx } from 'clsx';
import { useRef, type KeyboardEvent } from 'react';

interface SegmentedProps<Value extends string> {
  /** Names the choice for assistive technology. */
  label: string;
  value: Value | null;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: string; title?: string }[];
  /** True shows the label above, as a field has it. */
  labelled?: boolean;
  size?: 'small' | 'medium';
  className?: string;
}

/** A choice of one among a few, all in sight; arrow keys move it. */
export function Segmented<Value extends string>({
  label,
  value,
  onChange,
  options,
  labelled = false,
  size = 'medium',
  className,
}: SegmentedProps<Value>) {
  const group = useRef<HTMLDivElement>(null);
  const chosen = options.findIndex((option) => option.value === value);

  const move = (event: KeyboardEvent) => {
    const step =
      event.key === 'ArrowRight' || event.key === 'ArrowDown'
        ? 1
        : event.key === 'ArrowLeft' || event.key === 'ArrowUp'
          ? -1
          : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = (chosen + step + options.length) % options.length;
    const option = options[next];
    if (!option) return;
    onChange(option.value);
    group.current?.querySelectorAll('button')[next]?.focus();
  };

  const choice = (
    <div
      ref={group}
      role="radiogroup"
      aria-label={label}
      onKeyDown={move}
      className={clsx(
        'inline-flex w-fit max-w-full flex-wrap rounded-small border border-line-strong bg-inset p-px',
        className,
      )}
    >
      {options.map((option, index) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={index === chosen}
          tabIndex={index === Math.max(0, chosen) ? 0 : -1}
          title={option.title}
          onClick={() => onChange(option.value)}
          className={clsx(
            'rounded-[3px] px-2 whitespace-nowrap',
            size === 'small' ? 'h-5 text-table' : 'h-7 text-body',
            index === chosen
              ? 'bg-raised text-ink ring-1 ring-line-strong forced-colors:outline-2'
              : 'text-ink-muted hover:text-ink',
          )}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
  if (!labelled) return choice;
  return (
    <div className="flex flex-col gap-1">
      <span aria-hidden="true" className="text-table font-medium text-ink-muted">
        {label}
      </span>
      {choice}
    </div>
  );
}
