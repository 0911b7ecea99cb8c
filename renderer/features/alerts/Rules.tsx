import type { AlertRule, Alerts } from '../../../shared/domain/alerts.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { Link } from '../../app/router.tsx';
import { DataTable, type Column } from '../../ui/DataTable.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { SEVERITY_MARKS } from './alert-words.ts';

/** The rules, each with its condition in words and how it stands. */
export function Rules({ alerts }: { alerts: Alerts }) {
  const states = ruleStates(alerts);
  const columns: Column<AlertRule>[] = [
    {
      key: 'name',
      header: 'Rule',
      cell: ({ name, condition }) => (
        <>
          <Link
            to="/alerts"
            parameters={{ tab: 'history', rule: name }}
            title={`When ${name} fired`}
            className="font-medium underline-offset-2 hover:underline"
          >
            {name}
          </Link>
          {/* On a phone there is no room for it beside. */}
          <span className="block text-ink-muted sm:hidden">{condition}</span>
        </>
      ),
      sortValue: ({ name }) => name,
    },
    {
      key: 'severity',
      header: 'Severity',
      cell: ({ severity, enabled }) => (
        <StatusMark status={enabled ? SEVERITY_MARKS[severity] : 'disabled'} word={enabled ? severity : 'off'} />
      ),
      sortValue: ({ severity, enabled }) => (enabled ? ['critical', 'warning', 'info'].indexOf(severity) : 3),
      className: 'max-sm:hidden',
    },
    {
      key: 'state',
      header: 'Now',
      cell: ({ name, enabled, severity }) => {
        const state = states.get(name);
        if (!enabled) return <span className="text-ink-faint">off</span>;
        if (state === 'firing') return <StatusMark status={SEVERITY_MARKS[severity]} word="firing" />;
        return <span className={state ? '' : 'text-ink-faint'}>{state ?? 'quiet'}</span>;
      },
    },
    { key: 'condition', header: 'Fires when', cell: ({ condition }) => condition, className: 'min-w-48 max-sm:hidden' },
    {
      key: 'for',
      header: 'For',
      numeric: true,
      cell: ({ for_seconds: seconds }) => (seconds === 0 ? 'at once' : formatDuration(seconds * 1000)),
      sortValue: ({ for_seconds: seconds }) => seconds,
    },
  ];
  const off = alerts.rules.filter(({ enabled }) => !enabled).length;
  return (
    <Panel
      title={`${alerts.rules.length} rules${off === 0 ? '' : `, ${off} off`}`}
      note="set under alerts.rules in the registry"
      flush
    >
      <DataTable label="Rules" columns={columns} rows={alerts.rules} rowKey={({ name }) => name} />
    </Panel>
  );
}

/** The gravest that any alert of a rule is in. */
function ruleStates({ alerts }: Alerts): ReadonlyMap<string, 'firing' | 'pending'> {
  const states = new Map<string, 'firing' | 'pending'>();
  for (const { rule, state } of alerts) {
    if (state === 'firing' || (state === 'pending' && !states.has(rule))) states.set(rule, state);
  }
  return states;
}
