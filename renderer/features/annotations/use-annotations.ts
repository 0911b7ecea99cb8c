import { useQuery } from '@tanstack/react-query';
import type { Annotation } from '../../../shared/domain/annotations.ts';
import type { RangeQuery } from '../../../shared/domain/history.ts';
import { useConsoleApi } from '../../api/client.ts';
import { usePreferences } from '../../state/preferences.ts';

const NONE: readonly Annotation[] = [];

interface AnnotationsPicture {
  /** None while they are switched off, not fetched yet, or could not be fetched: charts go on without. */
  annotations: readonly Annotation[];
  /** Why they could not be fetched; null where they could. */
  problem: string | null;
}

/** What charts over a range say beside their curves. All charts of a range share one answer. */
export function useAnnotations(input: RangeQuery): AnnotationsPicture {
  const { query } = useConsoleApi();
  const shown = usePreferences((state) => state.showAnnotations);
  const answer = useQuery(query.annotations.list.queryOptions({ input, enabled: shown }));
  return {
    annotations: shown ? (answer.data?.annotations ?? NONE) : NONE,
    problem: shown ? (answer.error?.message ?? null) : null,
  };
}
