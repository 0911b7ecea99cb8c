import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Annotation } from '../../../shared/domain/annotations.ts';
import { useRange } from '../../app/use-range.ts';
import { useConsoleApi } from '../../api/client.ts';
import { useStatus } from '../../state/live.ts';
import { rangeQuery } from '../../state/range.ts';
import type { Annotation as ChartAnnotation } from '../../ui/charts/chart-model.ts';

const LONGEST_LABEL = 24;
/** More flags than this say nothing; the newest are kept. */
const MOST_FLAGS = 12;

/** What charts of the present range say beside their curves. Nothing while it is not known: a chart must not wait for it. */
export function useAnnotations(): readonly ChartAnnotation[] {
  const { query } = useConsoleApi();
  const status = useStatus();
  const input = rangeQuery(useRange());
  // Overrides, configurations and alerts come with the live stream's transitions.
  const version = [status?.override?.id, status?.config.version, status?.firing_alerts.length].join(' ');
  const { data } = useQuery(
    query.annotations.list.queryOptions({
      input,
      queryKey: [...query.annotations.list.queryKey({ input }), version],
      placeholderData: (previous) => previous,
      retry: false,
    }),
  );
  return useMemo(() => flagsOf(data?.annotations ?? []), [data]);
}

/** Annotations as flags: what was meant by somebody or changes how figures are read, in a few words. */
export function flagsOf(annotations: readonly Annotation[]): ChartAnnotation[] {
  return annotations.slice(-MOST_FLAGS).map(({ at, kind, text }) => ({ at, label: labelOf(kind, text) }));
}

function labelOf(kind: Annotation['kind'], text: string): string {
  const words = kind === 'config' ? 'configuration' : kind === 'deploy' || kind === 'note' ? text : `${kind}: ${text}`;
  return words.length <= LONGEST_LABEL ? words : `${words.slice(0, LONGEST_LABEL - 1).trimEnd()}…`;
}
