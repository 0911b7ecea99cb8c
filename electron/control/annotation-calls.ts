import { implement } from '@orpc/server';
import { annotationCalls } from '../../shared/contract/annotations.ts';
import type { EngineApi } from '../engine/engine-api.ts';

/** The calls about annotations over a running engine. */
export function implementAnnotationCalls({ annotations }: Pick<EngineApi, 'annotations'>) {
  const api = implement(annotationCalls);
  return {
    list: api.list.handler(({ input }) => annotations.list(input)),
    create: api.create.handler(({ input }) => annotations.create(input)),
  };
}
