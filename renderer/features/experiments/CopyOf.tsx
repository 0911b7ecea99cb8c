import { useQuery } from '@tanstack/react-query';
import { shortenId } from '../../../shared/format/identifier.ts';
import { useConsoleApi } from '../../api/client.ts';
import { Link } from '../../app/router.tsx';

/** Says of a request that was sent for comparison alone which one it is a copy of. */
export function CopyOf({ id }: { id: string }) {
  const { query } = useConsoleApi();
  const found = useQuery(
    query.experiments.pairs.queryOptions({ input: { limit: 1, request: id }, placeholderData: undefined }),
  );
  const pair = found.data?.pairs[0];
  return (
    <p className="text-ink-muted">
      Sent for comparison alone
      {pair && (
        <>
          , a copy of{' '}
          <Link
            to="/requests"
            parameters={{ request: pair.original.request_id }}
            title={pair.original.request_id}
            className="font-mono text-accent hover:underline"
          >
            {shortenId(pair.original.request_id)}
          </Link>{' '}
          (
          <Link
            to="/experiments"
            parameters={{ pair: String(pair.id) }}
            className="text-accent underline hover:no-underline"
          >
            pair {pair.id}
          </Link>
          )
        </>
      )}
      .
    </p>
  );
}
