import { useQuery } from '@tanstack/react-query';
import type { AlertRule } from '../../../shared/domain/alerts.ts';
import { useConsoleApi } from '../../api/client.ts';
import { useSearchParameter } from '../../app/router.tsx';
import { useRange } from '../../app/use-range.ts';
import { rangeLabel, rangeQuery } from '../../state/range.ts';
import { Select } from '../../ui/Field.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { panelStateOf, type PanelState } from '../../ui/panel-state.ts';
import { AlertCards } from './AlertCards.tsx';

/** As many as one answer holds. */
const MOST = 500;

interface AlertHistoryProps {
  rules: readonly AlertRule[];
  onSilence: (matchers: string) => void;
}

/** The alerts that fired in the range, of one rule or of all. */
export function AlertHistory({ rules, onSilence }: AlertHistoryProps) {
  const { query } = useConsoleApi();
  const range = useRange();
  const [rule, setRule] = useSearchParameter('rule');
  const [linked] = useSearchParameter('alert');
  const history = useQuery(
    query.alerts.history.queryOptions({
      input: { ...rangeQuery(range), ...(rule === null ? {} : { rule }), limit: MOST },
      placeholderData: (previous) => previous,
    }),
  );
  const label = rangeLabel(range);
  const alerts = history.data?.alerts ?? [];
  const names = rules.map(({ name }) => name);
  return (
    <Panel
      title={
        alerts.length === 0 ? 'Alerts that fired' : `${alerts.length} ${alerts.length === 1 ? 'alert' : 'alerts'} fired`
      }
      note={label}
      flush
      actions={
        <Select
          aria-label="Rule"
          className="max-w-44"
          value={rule ?? ''}
          onChange={(value) => setRule(value === '' ? null : value)}
          options={[
            { value: '', label: 'Every rule' },
            // A rule of the address that is no more keeps its place in the list.
            ...[...names, ...(rule === null || names.includes(rule) ? [] : [rule])].map((name) => ({
              value: name,
              label: name,
            })),
          ]}
        />
      }
      state={historyState()}
    >
      {linked !== null && history.isSuccess && !alerts.some(({ id }) => id === linked) && (
        <p role="status" className="border-b border-line px-3 py-2 text-warn">
          The alert that was linked to is not among these. Another range or rule may hold it.
        </p>
      )}
      <AlertCards alerts={alerts} onSilence={onSilence} />
    </Panel>
  );

  function historyState(): PanelState {
    const state = panelStateOf(history, (data) =>
      data.alerts.length === 0
        ? {
            title: `No alert ${rule === null ? '' : `of ${rule} `}fired in the ${label}.`,
            hint: 'A longer range may hold one.',
          }
        : null,
    );
    return state.kind === 'ready' && alerts.length === MOST
      ? { kind: 'partial', message: `These are the newest ${MOST}. Choose a shorter range to see the others.` }
      : state;
  }
}
