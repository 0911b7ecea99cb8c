import { X } from 'lucide-react';
import { RELATIVE_SPANS, rangeLabel, type RelativeSpan } from '../state/range.ts';
import { Button } from '../ui/Button.tsx';
import { Select } from '../ui/Field.tsx';
import { Segmented } from '../ui/Segmented.tsx';
import { resetRange, setRange, useRange } from './use-range.ts';

const OPTIONS = RELATIVE_SPANS.map((span) => ({
  value: span,
  label: span,
  title: rangeLabel({ kind: 'relative', span }),
}));

/** The one time picker of all views; what is chosen stands in the address. */
export function RangePicker() {
  const range = useRange();
  const span = range.kind === 'relative' ? range.span : null;
  const choose = (value: RelativeSpan) => setRange({ kind: 'relative', span: value });
  return (
    <div className="flex items-center gap-2">
      {range.kind === 'fixed' && (
        <Button
          size="small"
          tone="quiet"
          icon={X}
          onClick={resetRange}
          aria-label={`${rangeLabel(range)}: back to the range chosen before`}
          title="Back to the range chosen before"
        >
          <span className="max-md:hidden">{rangeLabel(range)}</span>
        </Button>
      )}
      <Segmented
        label="Range"
        size="small"
        value={span}
        options={OPTIONS}
        onChange={choose}
        className="max-lg:hidden"
      />
      <div className="lg:hidden">
        <Select
          aria-label="Range"
          value={span ?? '1h'}
          options={OPTIONS.map(({ value }) => ({ value, label: value }))}
          onChange={choose}
          className="h-6! w-auto! text-table!"
        />
      </div>
    </div>
  );
}
