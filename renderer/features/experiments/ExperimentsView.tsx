import type { Experiments } from '../../../shared/domain/experiments.ts';
import { useSearchParameter } from '../../app/router.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { panelStateOf } from '../../ui/panel-state.ts';
import { Agreement } from './Agreement.tsx';
import { ExperimentFigures } from './ExperimentFigures.tsx';
import { ExperimentState } from './ExperimentState.tsx';
import { HowToBegin } from './HowToBegin.tsx';
import { PairDrawer } from './PairDrawer.tsx';
import { PairTable } from './PairTable.tsx';
import { useExperimentRefresh, useExperiments } from './use-experiments.ts';

/** Shadow traffic: a share of the requests answered by a second provider as well, and how the two compare. */
export function ExperimentsView() {
  const experiments = useExperiments();
  const [chosen, choose] = useSearchParameter('pair');
  useExperimentRefresh();
  const { data } = experiments;
  return (
    <div className="flex flex-col gap-2 sm:gap-3">
      <h1 className="sr-only">Experiments</h1>
      {data && experiments.error === null ? (
        <Content experiments={data} chosen={chosen} onChoose={(pair) => choose(String(pair))} />
      ) : (
        <Panel title="Shadow traffic" state={panelStateOf(experiments)} minHeight={240} />
      )}
      {chosen !== null && <PairDrawer key={chosen} named={chosen} onClose={() => choose(null)} />}
    </div>
  );
}

interface ContentProps {
  experiments: Experiments;
  chosen: string | null;
  onChoose: (pair: number) => void;
}

function Content({ experiments, chosen, onChoose }: ContentProps) {
  const { config, summary } = experiments;
  if (!config && summary.pairs === 0) return <HowToBegin />;
  return (
    <>
      {config ? <ExperimentState experiments={experiments} /> : <HowToBegin />}
      <div className="grid items-start gap-2 sm:gap-3 xl:grid-cols-[3fr_2fr]">
        <ExperimentFigures experiments={experiments} />
        <Agreement summary={summary} />
      </div>
      <PairTable chosen={chosen} onChoose={onChoose} />
    </>
  );
}
