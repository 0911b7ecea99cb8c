import type { Settings } from '../../../shared/domain/settings.ts';
import { formatBytes } from '../../../shared/format/number.ts';
import { Code, Fact, Facts } from '../../ui/Facts.tsx';
import { Count, Nothing, Quantity } from '../../ui/figures.tsx';
import { RelativeTime } from '../../ui/time.tsx';

/** Free space below which a database in use is in danger: 1 GiB. */
const SCARCE_BYTES = 2 ** 30;

/** Where the data lie, how much there is, and how long it is kept. */
export function StoragePanel({ settings: { storage } }: { settings: Settings }) {
  const { free_bytes: free } = storage;
  return (
    <Facts>
      <Fact label="Data directory">
        <Code>{storage.data_directory}</Code>
      </Fact>
      <Fact label="Database">
        {storage.driver === 'sqlite' ? 'SQLite' : 'PostgreSQL'}, <Bytes value={storage.database_bytes} />
      </Fact>
      <Fact label="Free beside it">
        <span className={free !== null && free < SCARCE_BYTES ? 'text-bad' : undefined}>
          <Bytes value={free} />
          {free !== null && free < SCARCE_BYTES && ': make room, or requests can not be recorded'}
        </span>
      </Fact>
      <Fact label="Kept for">
        <Quantity text={`${storage.retention_days} days`} />
        <span className="text-ink-faint">
          {' '}
          (<Code>storage.retention_days</Code>; sums by day and the audit stay)
        </span>
      </Fact>
      <Fact label="Requests">
        about <Count value={storage.requests_kept} />
        {storage.oldest_request_at !== null && (
          <>
            , the oldest <RelativeTime at={storage.oldest_request_at} />
          </>
        )}
      </Fact>
      <Fact label="Audit">
        <Count value={storage.audit_entries} unit={storage.audit_entries === 1 ? 'entry' : 'entries'} />
      </Fact>
      <Fact label="Prompts and answers">not stored</Fact>
    </Facts>
  );
}

function Bytes({ value }: { value: number | null }) {
  return value === null ? <Nothing why="it can not be read" /> : <Quantity text={formatBytes(value)} />;
}
