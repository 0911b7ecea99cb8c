import { clsx } from 'clsx';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { viewerTimeZone } from '../../shared/format/time.ts';
import { isStale, useConnection } from '../state/connection.ts';
import { useLive } from '../state/live.ts';
import { hasDraft, useRoutingDraft } from '../state/routing-draft.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { Link } from './router.tsx';
import { VIEW_GROUPS, VIEWS, viewAt, type View } from './views.ts';

/** Where firing alerts are to be seen. */
const ALERTS_PATH = '/alerts';
/** Where changes wait to be saved. */
const ROUTING_PATH = '/routing';

/** The way to every view: a rail in groups, on a phone a bar of the most needed with the others behind "More". */
export function Rail({ path }: { path: string }) {
  const [more, setMore] = useState(false);
  const pinned = VIEWS.filter((view) => view.pinned);
  const elsewhere = !pinned.some((view) => view.path === path);
  return (
    <>
      <nav
        aria-label="Views"
        className="hidden shrink-0 flex-col gap-3 overflow-y-auto border-r border-line bg-surface p-2 md:flex md:w-40 lg:w-44"
      >
        {VIEW_GROUPS.map((group) => (
          <div key={group} role="group" aria-label={group} className="flex flex-col gap-px">
            <p aria-hidden="true" className="px-2 pb-0.5 text-micro text-ink-faint">
              {group}
            </p>
            {VIEWS.filter((view) => view.group === group).map((view) => (
              <RailLink key={view.path} view={view} current={view.path === path} />
            ))}
          </div>
        ))}
        <ViewersZone />
      </nav>
      <nav aria-label="Most needed views" className="flex shrink-0 border-t border-line bg-surface md:hidden">
        {pinned.map((view) => (
          <BarLink key={view.path} view={view} current={view.path === path} />
        ))}
        <button type="button" aria-haspopup="dialog" onClick={() => setMore(true)} className={barClass(elsewhere)}>
          <Ellipsis aria-hidden="true" size={18} strokeWidth={1.75} className={clsx(elsewhere && 'text-accent')} />
          {elsewhere ? (viewAt(path)?.label ?? 'More') : 'More'}
          <span className="absolute top-1 left-1/2 ml-2">
            <FiringBadge path={ALERTS_PATH} />
          </span>
        </button>
      </nav>
      {more && <MoreViews path={path} onClose={() => setMore(false)} />}
    </>
  );
}

/** Every view, for a thumb. */
function MoreViews({ path, onClose }: { path: string; onClose: () => void }) {
  return (
    <Dialog open shape="sheet" title="Views" onOpenChange={(open) => !open && onClose()}>
      <nav aria-label="All views" className="flex flex-col gap-3">
        {VIEW_GROUPS.map((group) => (
          <div key={group} role="group" aria-label={group}>
            <p aria-hidden="true" className="px-2 pb-0.5 text-micro text-ink-faint">
              {group}
            </p>
            <div className="grid grid-cols-2 gap-1">
              {VIEWS.filter((view) => view.group === group).map((view) => (
                <RailLink key={view.path} view={view} current={view.path === path} tall onOpen={onClose} />
              ))}
            </div>
          </div>
        ))}
        <ViewersZone />
      </nav>
    </Dialog>
  );
}

/** Whose clock every time of the console is told by. */
function ViewersZone() {
  const zone = viewerTimeZone();
  return (
    <p
      className="mt-auto px-2 text-micro wrap-anywhere text-ink-faint"
      title="The zone of this device; it holds for every time shown"
    >
      Times in <span className="inline-block">{zone.replaceAll('_', ' ')}</span>
    </p>
  );
}

interface RailLinkProps {
  view: View;
  current: boolean;
  /** High enough for a thumb. */
  tall?: boolean;
  onOpen?: () => void;
}

function RailLink({ view: { path, label, icon: Icon, jump }, current, tall = false, onOpen }: RailLinkProps) {
  return (
    <Link
      to={path}
      onClick={onOpen}
      aria-current={current ? 'page' : undefined}
      title={`${label} (G ${jump.toUpperCase()})`}
      className={clsx(
        'flex items-center gap-x-2 rounded-small px-2',
        tall ? 'h-11 border border-line' : 'h-8',
        current
          ? 'bg-accent-soft font-medium text-ink forced-colors:outline-2'
          : 'text-ink-muted hover:bg-inset hover:text-ink',
      )}
    >
      <Icon aria-hidden="true" size={16} strokeWidth={1.75} className={clsx('shrink-0', current && 'text-accent')} />
      <span className="truncate">{label}</span>
      <FiringBadge path={path} />
      {path === ROUTING_PATH && <DraftBadge />}
    </Link>
  );
}

function BarLink({ view: { path, label, icon: Icon }, current }: { view: View; current: boolean }) {
  return (
    <Link to={path} aria-current={current ? 'page' : undefined} className={barClass(current)}>
      <Icon aria-hidden="true" size={18} strokeWidth={1.75} className={clsx(current && 'text-accent')} />
      {label}
      <span className="absolute top-1 left-1/2 ml-2">
        <FiringBadge path={path} />
      </span>
    </Link>
  );
}

function barClass(current: boolean): string {
  return clsx(
    'relative flex min-h-12 flex-1 flex-col items-center justify-center gap-0.5 px-1 text-micro',
    current ? 'bg-accent-soft font-medium text-ink' : 'text-ink-muted',
  );
}

/** That changes of the routing wait to be saved. */
function DraftBadge() {
  if (!useRoutingDraft(hasDraft)) return null;
  return (
    <span className="ml-auto rounded-small border border-line-strong px-1 text-micro text-ink-muted">
      draft<span className="sr-only">, not saved</span>
    </span>
  );
}

/** How many alerts fire, at the view that shows them; what is no longer known to be so loses its colour. */
function FiringBadge({ path }: { path: string }) {
  const firing = useLive((state) => state.status?.firing_alerts.length ?? 0);
  const critical = useLive(
    (state) => state.status?.firing_alerts.some(({ severity }) => severity === 'critical') ?? false,
  );
  const stale = useConnection(isStale);
  const home = viewAt(ALERTS_PATH) ? ALERTS_PATH : '/';
  if (firing === 0 || path !== home) return null;
  return (
    <span
      className={clsx(
        'ml-auto min-w-4.5 rounded-full px-1 text-center text-micro font-semibold',
        stale
          ? 'border border-line-strong text-ink-muted'
          : critical
            ? 'bg-bad-solid text-white'
            : 'border border-warn bg-warn-soft text-warn',
      )}
    >
      {firing}
      <span className="sr-only"> firing</span>
    </span>
  );
}
