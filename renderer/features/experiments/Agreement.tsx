import type { ShadowSummary } from '../../../shared/domain/experiments.ts';
import { formatCount, formatPercent } from '../../../shared/format/number.ts';
import { Histogram } from '../../ui/charts/Histogram.tsx';
import { Fact, Facts } from '../../ui/Facts.tsx';
import { Nothing, Quantity } from '../../ui/figures.tsx';
import { Panel } from '../../ui/Panel.tsx';

/** How alike the two answers are, in what can be held against each other without knowing what is right. */
export function Agreement({ summary }: { summary: ShadowSummary }) {
  const { similarity, finish_reason: finish, json, tool_calls: tools, length_ratio_p50: ratio } = summary;
  return (
    <Panel
      title={similarity ? `${formatPercent(similarity.p50)} of the words shared in the median pair` : 'Agreement'}
      state={summary.compared === 0 ? { kind: 'empty', title: 'Nothing to compare yet.' } : undefined}
    >
      {similarity && (
        <Histogram
          label={`Pairs by the share of words that both answers hold; half of them share at least ${formatPercent(similarity.p50)}.`}
          counts={similarity.histogram}
          ends={['no word shared', 'the same words']}
          describe={(step, count) => `${step * 10} to ${step * 10 + 10} %: ${formatCount(count)} pairs`}
        />
      )}
      <div className="pt-3">
        <Facts>
          <Fact label="Length">
            {ratio === null ? (
              <Nothing why="no text" />
            ) : (
              <Quantity text={`${formatPercent(ratio)} of the original's`} />
            )}
          </Fact>
          <Fact label="Same finish reason">
            <Share of={finish.pairs} part={finish.agreeing} />
          </Fact>
          <Fact label="JSON where asked for">
            {json.pairs === 0 ? (
              <Nothing why="none was asked for" />
            ) : (
              <Quantity
                text={`${formatPercent(json.original / json.pairs)} valid, ${formatPercent(json.shadow / json.pairs)} from the shadow`}
              />
            )}
          </Fact>
          <Fact label="Same tools called">
            <Share of={tools.pairs} part={tools.same_names} />
          </Fact>
          <Fact label="With the same arguments">
            <Share of={tools.pairs} part={tools.same} />
          </Fact>
        </Facts>
      </div>
      <p className="pt-3 text-table text-ink-faint">
        Shared words tell how much two answers have in common, not which one is right: a correct answer in other words
        shares few.
      </p>
    </Panel>
  );
}

function Share({ of, part }: { of: number; part: number }) {
  if (of === 0) return <Nothing why="in no pair" />;
  return <Quantity text={`${formatPercent(part / of)} of ${formatCount(of)}`} />;
}
