import { X } from 'lucide-react';
import { useEffect } from 'react';
import { dismissNotice, useNotice } from '../state/notices.ts';
import { IconButton } from '../ui/Button.tsx';
import { StatusShape } from '../ui/StatusMark.tsx';

/** Long enough to read two sentences; a failure stays until it is taken away. */
const SHOWN_MS = 6000;

/** What came of the newest action that shows nothing by itself. */
export function Notices() {
  const notice = useNotice((state) => state.notice);
  useEffect(() => {
    if (!notice || notice.tone === 'failed') return undefined;
    const timer = setTimeout(() => dismissNotice(notice.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div role="status" className="pointer-events-none fixed inset-x-2 bottom-16 z-50 flex justify-center md:bottom-4">
      {notice && (
        <div className="pointer-events-auto flex max-w-xl animate-appear items-center gap-2 rounded-panel border border-line-strong bg-raised py-1 pr-1 pl-3 text-body shadow-lg">
          <StatusShape status={notice.tone === 'done' ? 'healthy' : 'unhealthy'} size={8} />
          <span className="min-w-0 break-words">{notice.text}</span>
          <IconButton icon={X} size="small" label="Take this note away" onClick={() => dismissNotice(notice.id)} />
        </div>
      )}
    </div>
  );
}
