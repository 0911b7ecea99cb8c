import { useQuery } from '@tanstack/react-query';
import { ChevronDown, ChevronUp, GitCompareArrows } from 'lucide-react';
import type { ReactNode } from 'react';
import type { RequestDetail } from '../../../shared/domain/request.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatExact } from '../../../shared/format/number.ts';
import { formatAbsolute } from '../../../shared/format/time.ts';
import { navigate } from '../../app/router.tsx';
import { isNotFound, useConsoleApi } from '../../api/client.ts';
import { useStatus } from '../../state/live.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { Button, IconButton } from '../../ui/Button.tsx';
import { CopyButton, useCopied } from '../../ui/CopyButton.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Money } from '../../ui/figures.tsx';
import { Missing } from '../../ui/Missing.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { CopyOf } from '../experiments/CopyOf.tsx';
import { emptyForm } from '../playground/comparison-form.ts';
import { editForm, nextId } from '../playground/playground-store.ts';
import { DecisionExplanation } from '../routing/DecisionExplanation.tsx';
import { curlOf } from './request-curl.ts';
import { OUTCOMES } from './request-words.ts';
import { Waterfall } from './Waterfall.tsx';

interface RequestDrawerProps {
  id: string;
  /** Null at the end of the list. */
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
  onClose: () => void;
}

/** One request: how it ended, why it went where it went, what each attempt lived through, and what it cost. */
export function RequestDrawer({ id, onPrevious, onNext, onClose }: RequestDrawerProps) {
  const { query } = useConsoleApi();
  const detail = useQuery(query.requests.get.queryOptions({ input: { id }, retry: false }));
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      shape="drawer"
      title={`Request ${id}`}
      footer={
        <>
          <div className="mr-auto flex gap-1">
            <IconButton
              icon={ChevronUp}
              label="Newer request"
              disabled={!onPrevious}
              onClick={onPrevious ?? undefined}
            />
            <IconButton icon={ChevronDown} label="Older request" disabled={!onNext} onClick={onNext ?? undefined} />
          </div>
          {detail.data && <Actions request={detail.data} />}
        </>
      }
    >
      {detail.data && <Detail request={detail.data} />}
      {detail.isPending && <Skeleton height={320} label="Loading the request" />}
      {detail.error && isNotFound(detail.error) && (
        <Missing sentence={detail.error.message} back="Back to the requests" onBack={onClose} />
      )}
      {detail.error && !isNotFound(detail.error) && (
        <div role="alert" className="flex flex-col items-start gap-2">
          <p className="text-bad">{detail.error.message}</p>
          <Button size="small" onClick={() => void detail.refetch()}>
            Try again
          </Button>
        </div>
      )}
    </Dialog>
  );
}

function Actions({ request }: { request: RequestDetail }) {
  const gatewayUrl = useStatus()?.gateway_url ?? 'http://127.0.0.1:4180';
  const [copiedCurl, copyCurl] = useCopied();
  const [copiedLink, copyLink] = useCopied();
  const compare = () => {
    const asked = [...new Set(request.attempt_list.map(({ provider }) => provider))];
    const targets = asked.map((provider) => ({ id: nextId(), provider, model: '' }));
    editForm({ ...emptyForm, targets });
    navigate('/playground');
  };
  return (
    <>
      <Button onClick={() => void copyLink(window.location.href)}>{copiedLink ? 'Copied' : 'Copy link'}</Button>
      <Button onClick={() => void copyCurl(curlOf(request, gatewayUrl))}>
        {copiedCurl ? 'Copied' : 'Copy as curl'}
      </Button>
      <Button icon={GitCompareArrows} onClick={compare}>
        Open in playground
      </Button>
    </>
  );
}

function Detail({ request }: { request: RequestDetail }) {
  const label = useProviderLabels();
  const readable = useReadableReason();
  const outcome = OUTCOMES[request.status];
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-col gap-1">
        <div className="flex flex-wrap items-center gap-x-3">
          <StatusMark status={outcome.mark} word={outcome.word} className="text-lead" />
          <span className="text-ink-muted">
            {request.provider === null ? 'nobody answered' : `by ${label(request.provider)}`} in{' '}
            {formatDuration(request.duration_ms)}
          </span>
        </div>
        {request.error_message !== null && (
          <p className="break-words">
            <span className="font-mono text-table text-bad">
              {request.http_status} {request.error_code}
            </span>{' '}
            {readable(request.error_message, request.started_at)}
          </p>
        )}
        {request.origin === 'shadow' && <CopyOf id={request.id} />}
        {request.fallback_from !== null && (
          <p className="text-ink-muted">
            {label(request.fallback_from)} could not take it ({request.fallback_reason ?? 'error'})
            {request.resumed && '; another provider finished the stream it had begun'}.
          </p>
        )}
      </div>
      <Section title="Attempts">
        <Waterfall request={request} />
      </Section>
      <Section title="Why it went there">
        {request.decision ? (
          <DecisionExplanation
            decision={request.decision}
            at={request.started_at}
            asked={request.attempt_list.map(({ provider }) => provider)}
          />
        ) : (
          <Faint>No decision was made.</Faint>
        )}
      </Section>
      <Section title="Tokens and cost">
        <Pairs pairs={tokenPairs(request)} />
        {request.pricing_unknown && (
          <p className="mt-1 text-warn">
            There is no known price for {request.model ?? 'its model'}: give it one under pricing in the registry, and
            apply it to the past on Costs.
          </p>
        )}
      </Section>
      <Section title="Request">
        <Pairs pairs={requestPairs(request)} />
        <Faint>Texts of prompt and answer are not stored.</Faint>
      </Section>
    </div>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1.5 border-b border-line pb-1 text-table font-medium text-ink-muted">{title}</h3>
      {children}
    </section>
  );
}

function Faint({ children }: { children: ReactNode }) {
  return <p className="text-table text-ink-faint">{children}</p>;
}

type Pair = readonly [name: string, value: ReactNode];

function Pairs({ pairs }: { pairs: readonly Pair[] }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-0.5">
      {pairs.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-muted">{name}</dt>
          <dd className="min-w-0 break-words tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function tokenPairs({ usage, cost_usd: usd, pricing_unknown: unknown, attempt_list: attempts }: RequestDetail): Pair[] {
  const count = (tokens: number) => `${usage.estimated ? '≈ ' : ''}${formatExact(tokens)}`;
  const failedCost = attempts
    .filter(({ outcome }) => outcome !== 'success')
    .reduce((sum, one) => sum + one.cost_usd, 0);
  return [
    ['Input', count(usage.input_tokens)],
    ...(usage.cache_read_tokens > 0 ? [['of these from the cache', count(usage.cache_read_tokens)] as const] : []),
    ...(usage.cache_write_tokens > 0 ? [['of these into the cache', count(usage.cache_write_tokens)] as const] : []),
    ['Output', count(usage.output_tokens)],
    ...(usage.reasoning_tokens > 0 ? [['of these reasoning', count(usage.reasoning_tokens)] as const] : []),
    ['Cost', <Money key="cost" usd={usd} unknown={unknown} />],
    ...(failedCost > 0 ? [['of this for failed attempts', <Money key="failed" usd={failedCost} />] as const] : []),
    ...(usage.estimated ? [['Counted', 'by estimate: the provider reported nothing'] as const] : []),
  ];
}

function requestPairs(request: RequestDetail): Pair[] {
  const optional = (name: string, value: string | null): Pair[] => (value === null ? [] : [[name, value]]);
  return [
    ['Started', formatAbsolute(request.started_at)],
    [
      'Id',
      <span key="id" className="inline-flex items-center gap-1 font-mono">
        {request.id} <CopyButton text={request.id} label="Copy the id" />
      </span>,
    ],
    [
      'Asked for',
      <span key="asked" className="font-mono">
        {request.requested_model}
      </span>,
    ],
    ...optional('Answered by', request.model),
    ['Dialect', `${request.dialect === 'openai' ? 'OpenAI' : 'Anthropic'}, ${request.streamed ? 'streamed' : 'whole'}`],
    ...optional('Call site', request.call_site),
    ...optional('Task type', request.task_type),
    ...optional('Agent', request.agent_id),
    ...optional('User', request.user),
    ...(request.origin === 'client' ? [] : [['Origin', request.origin] as const]),
    ...(request.queue_ms > 0 ? [['Queued', formatDuration(request.queue_ms)] as const] : []),
    ['Status', String(request.http_status)],
  ];
}
