import type { FailureClass } from '../../../shared/domain/failure.ts';
import type { LikelyCause } from '../../../shared/domain/incidents.ts';
import { formatPercent } from '../../../shared/format/number.ts';
import type { IncidentRows, LoadMark } from '../store/incident-types.ts';

/** From here on vLLM preempts requests for want of room in its cache. */
const FULL_CACHE = 0.9;
/** More waiting than running: the server takes in more than it can work off. */
const LONG_QUEUE = 1;

/** What a class of failures says of a server, without knowing more of it. */
const SAYS: Readonly<Record<FailureClass, string>> = {
  unreachable: 'refused connections or was not reachable: the server was not running, or the network to it was cut',
  timeout: 'did not answer in time: it hung, or had more to do than it could',
  overloaded: 'turned calls away because it was overloaded',
  rate_limited: 'turned calls away because its rate limit was reached',
  server_error: 'answered with errors of its own: its log says which',
  unauthorized: 'did not take the key: it is wrong, expired or revoked',
  exhausted: 'had no credit left, or its spend limit was reached',
  invalid_request: 'did not accept the requests',
  context_overflow: 'could not hold requests that long',
  content_filtered: 'refused the content of requests',
  model_missing: 'did not serve the model that it was asked for',
  malformed: 'answered with what could not be read',
  truncated: 'broke off its answers: it crashed or was stopped while it answered',
  cancelled: 'was left by its callers',
};

/**
 * The likeliest reason why the primary stopped serving: what operators did, then what most failed calls say, read together
 * with the server's own figures at that moment. A guess from signs, and worded as one.
 */
export function likelyCause(rows: IncidentRows): LikelyCause {
  const { episode, failures, transitions, firstFailure } = rows;
  const snapshot = lastSnapshot(rows);
  const load = snapshot?.load ?? null;
  const evidence = [
    ...failures.map(
      ({ class: failureClass, count }) => `${count} failed ${count === 1 ? 'call' : 'calls'} of class ${failureClass}.`,
    ),
    ...(firstFailure?.message ? [`The first failed call said: ${firstFailure.message}`] : []),
    ...transitions
      .filter(({ to_status: to }) => to === 'unhealthy')
      .slice(0, 1)
      .map(({ reason }) => `When it was marked unhealthy: ${reason}.`),
    ...loadEvidence(snapshot),
  ];
  return { summary: summaryOf(rows, load), evidence, failures, load };

  function summaryOf({ actions, drills }: IncidentRows, seen: LikelyCause['load']): string {
    const name = episode.from_provider;
    const drill = drills.at(-1);
    if (drill) return `Drill ${drill.id} made ${name} fail on purpose.`;
    const isolation = actions.find(({ action, target }) => action === 'provider.isolate' && target === name);
    if (isolation && failures.length === 0)
      return `${name} was taken out by ${isolation.operator}: ${isolation.reason}`;
    const worst = failures[0]?.class;
    if (worst === undefined) return `${name} did not serve: ${episode.detail}.`;
    const crowded = crowding(seen);
    if (crowded !== null && (worst === 'timeout' || worst === 'overloaded')) {
      return `Probably overload: ${name} ${worst === 'timeout' ? 'did not answer in time' : 'turned calls away'} while ${crowded}.`;
    }
    return `Probably ${name} ${SAYS[worst]}.`;
  }
}

function lastSnapshot({ marks, episode }: IncidentRows): LoadMark | null {
  const own = marks.flatMap((mark) =>
    mark.kind === 'load' && mark.name === episode.from_provider ? [mark.value] : [],
  );
  // The first ones are from when it fell; a server that is gone tells nothing later.
  return own.find(({ load }) => load !== null) ?? own[0] ?? null;
}

function crowding(load: LikelyCause['load']): string | null {
  if (load === null) return null;
  const { waiting, running, kv_cache_usage: cache } = load;
  const signs = [
    ...(waiting !== null && waiting > LONG_QUEUE * Math.max(1, running ?? 0) ? [`${waiting} requests waited`] : []),
    ...(cache !== null && cache >= FULL_CACHE ? [`its KV cache was ${formatPercent(cache)} full`] : []),
  ];
  return signs.length === 0 ? null : signs.join(' and ');
}

function loadEvidence(snapshot: LoadMark | null): string[] {
  if (snapshot === null) return [];
  const { load, in_flight: inFlight, queued } = snapshot;
  const own = `Switchyard had ${inFlight} calls to it under way and ${queued} waiting.`;
  if (load === null) return [own];
  const figures = [
    ...(load.running === null ? [] : [`${load.running} running`]),
    ...(load.waiting === null ? [] : [`${load.waiting} waiting`]),
    ...(load.kv_cache_usage === null ? [] : [`KV cache ${formatPercent(load.kv_cache_usage)} full`]),
  ];
  return figures.length === 0 ? [own] : [own, `Its own last figures: ${figures.join(', ')}.`];
}
