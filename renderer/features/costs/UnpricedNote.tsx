import { useState } from 'react';
import type { Costs, RangeQuery } from '../../../shared/domain/history.ts';
import { formatCount } from '../../../shared/format/number.ts';
import { Button } from '../../ui/Button.tsx';
import { StatusShape } from '../../ui/StatusMark.tsx';
import { ApplyPriceDialog } from './ApplyPriceDialog.tsx';

const NAMED = 6;

/**
 * Says how many requests have no known price and which models answered them, offers to apply a price to them, and says
 * what to write into the registry for those to come.
 */
export function UnpricedNote({ costs, range }: { costs: Costs; range: RangeQuery }) {
  const [applying, setApplying] = useState(false);
  const unpriced = costs.totals.pricing_unknown_requests;
  const { unpriced: models } = costs;
  const named = models.map(({ model }) => model).filter((model) => model !== '');
  return (
    <>
      {unpriced > 0 && (
        <section
          aria-label="Requests without a known price"
          className="rounded-panel border border-warn/40 bg-warn-soft px-3 py-2"
        >
          <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
            <p className="flex min-w-0 flex-1 basis-80 items-baseline gap-2">
              <StatusShape status="degraded" />
              <span>
                <strong className="font-medium">
                  {formatCount(unpriced)} {unpriced === 1 ? 'request has' : 'requests have'} no known price
                </strong>{' '}
                and {unpriced === 1 ? 'is' : 'are'} in no sum of this page. Neither the price list nor the registry
                names a price for{' '}
                {models.slice(0, NAMED).map(({ model, requests }, index) => (
                  <span key={model}>
                    {index > 0 && ', '}
                    <code className="font-mono text-table">{model === '' ? 'an unnamed model' : model}</code> (
                    {formatCount(requests)})
                  </span>
                ))}
                {models.length > NAMED && ` and ${models.length - NAMED} more`}.
              </span>
            </p>
            <Button size="small" disabled={named.length === 0} onClick={() => setApplying(true)}>
              Apply a price…
            </Button>
          </div>
          <p className="mt-1 pl-[18px] text-table text-ink-muted">
            To price it from now on, add{' '}
            <code className="font-mono text-ink">pricing: {'{ input: 3.00, output: 15.00 }'}</code> (USD per million
            tokens) to the model's entry in the registry. Saving the file is enough.
          </p>
        </section>
      )}
      {/* Beside the note: it stays to say what it did, also when that left nothing without a price. */}
      {applying && <ApplyPriceDialog models={named} range={range} onClose={() => setApplying(false)} />}
    </>
  );
}
