import { X } from 'lucide-react';
import type { AuditEntry } from '../../../shared/domain/operations.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { Button } from '../../ui/Button.tsx';
import { Field, Select } from '../../ui/Field.tsx';
import { actionWords } from './audit-diff.ts';
import type { AuditFilters } from './use-audit.ts';

/** Kinds of change by how their actions begin, as the gateway names them. */
const KINDS: readonly { value: string; label: string }[] = [
  { value: 'override.', label: 'Overrides' },
  { value: 'provider.', label: 'Providers by hand' },
  { value: 'limit.', label: 'Raised limits' },
  { value: 'routing.', label: 'Routing' },
  { value: 'config.', label: 'Configuration file' },
  { value: 'environment.', label: 'Keys and environment' },
  { value: 'price.', label: 'Prices' },
  { value: 'alert.', label: 'Alerts' },
  { value: 'silence.', label: 'Silences' },
  { value: 'drill.', label: 'Drills' },
];

interface AuditFilterBarProps {
  filters: AuditFilters;
  /** What is shown: its operators and targets are offered. */
  entries: readonly AuditEntry[];
  onChange: (changes: AuditFilters) => void;
}

/** Narrows the changes to a kind, an operator, a target; what is chosen stands in the address. */
export function AuditFilterBar({ filters, entries, onChange }: AuditFilterBarProps) {
  const labels = useProviderLabels();
  const kinds =
    KINDS.some(({ value }) => value === filters.action) || filters.action === undefined
      ? KINDS
      : [
          // An address may narrow to a single action.
          { value: filters.action, label: actionWords(filters.action) },
          ...KINDS,
        ];
  const named = (pick: (entry: AuditEntry) => string, chosen: string | undefined) =>
    [...new Set([...(chosen === undefined ? [] : [chosen]), ...entries.map(pick)])].toSorted((a, b) =>
      a.localeCompare(b),
    );
  const any = Object.values(filters).some((value) => value !== undefined);
  return (
    <form
      role="search"
      aria-label="Filter the changes"
      className="flex flex-wrap items-end gap-2 sm:gap-3"
      onSubmit={(event) => event.preventDefault()}
    >
      <Choice label="Kind" value={filters.action} options={kinds} onChange={(action) => onChange({ action })} />
      <Choice
        label="Operator"
        value={filters.operator}
        options={named(({ operator }) => operator, filters.operator).map((value) => ({ value, label: value }))}
        onChange={(operator) => onChange({ operator })}
      />
      <Choice
        label="Target"
        value={filters.target}
        options={named(({ target }) => target, filters.target).map((value) => ({ value, label: labels(value) }))}
        onChange={(target) => onChange({ target })}
      />
      {any && (
        <Button
          tone="quiet"
          icon={X}
          onClick={() => onChange({ action: undefined, operator: undefined, target: undefined })}
        >
          Clear
        </Button>
      )}
    </form>
  );
}

interface ChoiceProps {
  label: string;
  value: string | undefined;
  options: readonly { value: string; label: string }[];
  onChange: (value: string | undefined) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  return (
    <Field label={label} className="w-44 max-sm:min-w-28 max-sm:flex-1">
      {(control) => (
        <Select
          {...control}
          value={value ?? ''}
          options={[{ value: '', label: 'any' }, ...options]}
          onChange={(chosen) => onChange(chosen === '' ? undefined : chosen)}
        />
      )}
    </Field>
  );
}
