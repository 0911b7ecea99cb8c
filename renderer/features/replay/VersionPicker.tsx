import { useQuery } from '@tanstack/react-query';
import { formatAbsolute } from '../../../shared/format/time.ts';
import { useConsoleApi } from '../../api/client.ts';
import { Field, Select } from '../../ui/Field.tsx';

/** So many of the newest versions can be chosen; an older one can be named in the address. */
const SHOWN = 100;

/** A choice among the stored versions of the routing, the newest first; 0 is the file alone. */
export function VersionPicker({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { query } = useConsoleApi();
  const history = useQuery(query.routing.history.queryOptions({ input: { limit: SHOWN } }));
  const versions = (history.data?.versions ?? []).map(({ version, at, operator, reason }) => ({
    value: String(version),
    label: `Version ${version}${version === history.data?.current ? ', in effect' : ''}: ${reason} (${operator}, ${formatAbsolute(at)})`,
  }));
  const known = [...versions, { value: '0', label: 'The file alone, without anything stored' }];
  const options = known.some((option) => option.value === value)
    ? known
    : [{ value, label: `Version ${value}` }, ...known];
  return (
    <Field label="Version" error={history.error ? `The versions could not be read: ${history.error.message}` : null}>
      {(control) => <Select {...control} value={value} options={options} onChange={onChange} />}
    </Field>
  );
}
