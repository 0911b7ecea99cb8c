import type { RoutingState } from '../../../shared/domain/routing.ts';
import { Code } from '../../ui/Facts.tsx';
import { StatusShape } from '../../ui/StatusMark.tsx';

/** Every place of the configuration that names a model its vendor retired: what it brings, and what to put there. */
export function RetiredModels({ state: { retired_models: retired } }: { state: RoutingState }) {
  if (retired.length === 0) return null;
  const one = retired.length === 1;
  return (
    <details className="rounded-panel border border-warn/40 bg-warn-soft px-3 py-2" open={retired.length <= 2}>
      <summary className="cursor-pointer">
        <StatusShape status="degraded" /> {one ? '1 setting names a model' : `${retired.length} settings name models`}{' '}
        that {one ? 'its vendor' : 'their vendors'} retired
      </summary>
      <ul aria-label="Retired models" className="mt-1 flex flex-col gap-1 text-table">
        {retired.map(({ setting, model, retired: since, replacement, redirected }) => (
          <li key={setting}>
            <Code>{setting}</Code> names {model}, retired {since}:{' '}
            {redirected === null ? 'requests for it fail' : `${redirected} answers instead, at its own price`}. A
            successor is {replacement}.
          </li>
        ))}
      </ul>
    </details>
  );
}
