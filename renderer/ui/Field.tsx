import { clsx } from 'clsx';
import { useId, type ComponentPropsWithRef, type ReactNode } from 'react';

const CONTROL =
  'w-full rounded-small border border-line-strong bg-field px-2 text-body text-ink placeholder:text-ink-faint disabled:opacity-50 aria-invalid:border-bad';

interface FieldProps {
  label: string;
  /** Says what is wrong and how to mend it; the control is marked invalid. */
  error?: string | null;
  hint?: ReactNode;
  className?: string;
  /** The control; gets the id and the descriptions. */
  children: (control: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': true | undefined;
  }) => ReactNode;
}

/** A labelled control with its hint and its error. */
export function Field({ label, error, hint, className, children }: FieldProps) {
  const id = useId();
  const note = error ?? hint;
  return (
    <div className={clsx('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className="text-table font-medium text-ink-muted">
        {label}
      </label>
      {children({ id, 'aria-describedby': note ? `${id}-note` : undefined, 'aria-invalid': error ? true : undefined })}
      {note && (
        <p id={`${id}-note`} className={clsx('text-table', error ? 'text-bad' : 'text-ink-faint')}>
          {note}
        </p>
      )}
    </div>
  );
}

/** One line of text or a number. */
export function TextInput({ className, ...rest }: ComponentPropsWithRef<'input'>) {
  return <input {...rest} className={clsx(CONTROL, 'h-8', className)} />;
}

/** Several lines of text. */
export function TextArea({ className, ...rest }: ComponentPropsWithRef<'textarea'>) {
  return <textarea {...rest} className={clsx(CONTROL, 'min-h-16 py-1.5', className)} />;
}

interface SelectProps<Value extends string> extends Omit<
  ComponentPropsWithRef<'select'>,
  'onChange' | 'value' | 'children'
> {
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: string; disabled?: boolean }[];
}

/** The platform's own list box: keyboard, touch and screen readers know it. */
export function Select<Value extends string>({ value, onChange, options, className, ...rest }: SelectProps<Value>) {
  return (
    <select
      {...rest}
      value={value}
      onChange={(event) => onChange(event.target.value as Value)}
      className={clsx(CONTROL, 'h-8 pr-1', className)}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value} disabled={option.disabled} className="bg-raised text-ink">
          {option.label}
        </option>
      ))}
    </select>
  );
}
