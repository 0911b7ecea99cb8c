import { Field, TextInput } from './Field.tsx';

interface OperatorFieldProps {
  value: string;
  /** Says that it is missing; null while it is not. */
  error?: string | null | undefined;
  onChange: (operator: string) => void;
}

/** Who does this, as it is asked for by everything that the audit keeps. */
export function OperatorField({ value, error = null, onChange }: OperatorFieldProps) {
  return (
    <Field label="Operator" error={error} hint="Remembered on this device.">
      {(control) => <TextInput {...control} value={value} onChange={(event) => onChange(event.target.value)} />}
    </Field>
  );
}
