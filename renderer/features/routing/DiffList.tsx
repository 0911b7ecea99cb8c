import { ArrowRight } from 'lucide-react';
import type { RoutingDifference } from '../../../shared/domain/routing.ts';
import { valueWords } from './routing-model.ts';

/** Settings that differ, each from what to what. */
export function DiffList({ diff }: { diff: readonly RoutingDifference[] }) {
  if (diff.length === 0) return <p className="text-ink-muted">Nothing differs in effect.</p>;
  return (
    <ul className="flex flex-col gap-1">
      {diff.map(({ path, before, after, after_source: source }) => (
        <li key={path} className="min-w-0 break-words">
          <span className="font-mono text-table">{path}</span>{' '}
          {JSON.stringify(before) === JSON.stringify(after) ? (
            <span className="text-ink-muted">
              stays {valueWords(after)},{' '}
              {source === 'stored' ? 'but stored from now on' : `from now on by the ${source}`}
            </span>
          ) : (
            <>
              <span className="text-ink-muted line-through decoration-ink-faint">{valueWords(before)}</span>
              <ArrowRight aria-label="becomes" size={12} className="mx-1 inline text-ink-faint" />
              <span>{valueWords(after)}</span>
              {source !== null && source !== 'stored' && <span className="text-ink-faint"> ({source})</span>}
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
