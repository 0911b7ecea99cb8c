import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Legend } from '../../../renderer/ui/charts/Legend.tsx';
import { groupAnnotations, groupKind } from '../../../renderer/ui/charts/annotation-model.ts';
import { TooltipProvider } from '../../../renderer/ui/Tooltip.tsx';
import { StateTimeline } from '../../../renderer/ui/charts/StateTimeline.tsx';
import { TimeChart } from '../../../renderer/ui/charts/TimeChart.tsx';
import type { ChartSeries } from '../../../renderer/ui/charts/chart-model.ts';
import type { Annotation } from '../../../shared/domain/annotations.ts';
import { aFallbackDay, pastEpisode } from '../../support/console-fixtures-history.ts';

afterEach(cleanup);

const NOW = Date.UTC(2026, 10, 20, 12);
const FROM = NOW - 3_600_000;

function aSeries(key: string, values: readonly (number | null)[]): ChartSeries {
  return {
    key,
    label: key,
    color: 'provider-0',
    points: values.map((value, index) => ({ at: FROM + index * 600_000, value })),
  };
}

function anAnnotation(changes: Partial<Annotation> = {}): Annotation {
  return {
    id: 'override:7',
    kind: 'override',
    at: NOW,
    until: null,
    text: 'forced',
    operator: 'ana',
    link: null,
    ...changes,
  };
}

describe('TimeChart', () => {
  const chart = (series: ChartSeries[], kind: 'line' | 'stacked-area' | 'stacked-bar' = 'line') =>
    render(
      <TooltipProvider>
        <TimeChart
          series={series}
          kind={kind}
          format={(value) => `${value} ms`}
          height={160}
          domain={[FROM, NOW]}
          thresholds={[{ value: 10, label: 'limit 10 ms' }]}
          annotations={[anAnnotation({ at: FROM + 1_800_000, text: 'Claude forced' })]}
          timeZone="UTC"
          ariaLabel="First token by provider"
        />
      </TooltipProvider>,
    );

  it('draws a break where nothing was measured', () => {
    const { container } = chart([aSeries('kimi.k2', [4, 5, null, 6, 7])]);
    const path = container.querySelector('.recharts-line-curve')?.getAttribute('d') ?? '';
    expect(path.match(/M/g)).toHaveLength(2);
  });

  it('draws from zero on a time axis with round times, thresholds and flags', () => {
    chart([aSeries('kimi', [4, 9, 8])]);
    expect(screen.getByText('0 ms')).toBeTruthy();
    expect(screen.getByText('11:30')).toBeTruthy();
    expect(screen.getByText('limit 10 ms')).toBeTruthy();
    expect(screen.getByRole('button', { name: /^Override, .*: Claude forced \(ana\)$/ })).toBeTruthy();
  });

  it('names a limit far above the data without pressing them flat', () => {
    chart([aSeries('kimi', [1, 2, 1])]);
    expect(screen.getByText('↑ limit 10 ms')).toBeTruthy();
    expect(screen.queryByText('10 ms')).toBeNull();
  });

  it('names a few series beside their lines and more of them in a legend', () => {
    const names = ['one', 'two', 'three', 'four', 'five', 'six'];
    const few = chart(names.slice(0, 2).map((name, index) => aSeries(name, [index + 1, index + 2])));
    expect(few.container.querySelector('ul')).toBeNull();
    cleanup();
    const many = chart(names.map((name, index) => aSeries(name, [index + 1, index + 2])));
    expect(many.container.querySelectorAll('ul li')).toHaveLength(6);
  });

  it.each(['stacked-area', 'stacked-bar'] as const)('stands without data as %s', (kind) => {
    chart([aSeries('kimi', [])], kind);
    expect(screen.getByRole('figure', { name: 'First token by provider' }).textContent).toContain('kimi: no data.');
  });

  it('tells newest and highest to those who cannot see it', () => {
    chart([aSeries('kimi', [4, 9, 8, null])]);
    expect(screen.getByRole('figure').textContent).toContain('kimi: newest 8 ms, highest 9 ms.');
  });
});

describe('StateTimeline', () => {
  const day = aFallbackDay(NOW);
  const timeline = (onSelect = vi.fn(), onUseRange = vi.fn()) => {
    render(
      <StateTimeline
        lanes={day.lanes}
        episodes={[pastEpisode(NOW)]}
        since={NOW - 86_400_000}
        until={NOW}
        onSelect={onSelect}
        onUseRange={onUseRange}
        timeZone="UTC"
        ariaLabel="Health of 3 providers"
      />,
    );
    return { onSelect, onUseRange, plot: screen.getByRole('group', { name: 'Health of 3 providers' }) };
  };

  it('lists every state other than healthy for those who cannot see it', () => {
    timeline();
    const list = screen.getByRole('list', { name: 'States other than healthy' });
    expect([...list.querySelectorAll('li')].map((item) => item.textContent)).toEqual([
      'kimi_k2 degraded, 07:28 – 08:08 (40 min): ramping back, 40 % of traffic',
      'kimi_k2 unhealthy, 07:00 – 07:28 (28 min): connection refused, 3 probes in a row',
      'kimi_k2 no data, 19 Nov 12:00 – 15:00 (3 h): Switchyard was not running',
    ]);
  });

  it('walks the spans by arrow keys, says each, and selects with Enter', () => {
    const { plot, onSelect } = timeline();
    fireEvent.keyDown(plot, { key: 'ArrowLeft' });
    fireEvent.keyDown(plot, { key: 'ArrowLeft' });
    fireEvent.keyDown(plot, { key: 'ArrowLeft' });
    expect(screen.getByRole('status').textContent).toContain('kimi_k2 unhealthy, 07:00 – 07:28');
    fireEvent.keyDown(plot, { key: 'Enter' });
    expect(onSelect).toHaveBeenCalledWith({ kind: 'span', provider: 'kimi_k2', span: day.lanes[0]?.spans[2] });
    fireEvent.keyDown(plot, { key: 'ArrowDown' });
    expect(screen.getByRole('status').textContent).toContain('claude_opus healthy');
    fireEvent.keyDown(plot, { key: 'Escape' });
    expect(screen.getByRole('status').textContent).toBe('');
  });

  it('zooms by keys and buttons, offers the part as range, and shows all again', () => {
    const { plot, onUseRange } = timeline();
    expect(screen.queryByRole('button', { name: 'Set as range' })).toBeNull();
    fireEvent.keyDown(plot, { key: '+' });
    fireEvent.click(screen.getByRole('button', { name: 'Zoom in (+)' }));
    fireEvent.click(screen.getByRole('button', { name: 'Set as range' }));
    const [window] = onUseRange.mock.calls[0] as [{ from: number; to: number }];
    expect(window.to - window.from).toBe(86_400_000 / 4);
    fireEvent.keyDown(plot, { key: '0' });
    expect(screen.queryByRole('button', { name: 'Set as range' })).toBeNull();
  });

  it('zooms to what is dragged over and selects what is clicked', () => {
    const { plot, onSelect, onUseRange } = timeline();
    fireEvent.pointerDown(plot, { button: 0, clientX: 360, clientY: 30 });
    fireEvent.pointerMove(plot, { clientX: 540, clientY: 30 });
    fireEvent.pointerUp(plot, { clientX: 540, clientY: 30 });
    fireEvent.click(screen.getByRole('button', { name: 'Set as range' }));
    const [window] = onUseRange.mock.calls[0] as [{ from: number; to: number }];
    expect(window).toEqual({ from: NOW - 43_200_000, to: NOW - 21_600_000 });
    expect(onSelect).not.toHaveBeenCalled();
    fireEvent.pointerDown(plot, { button: 0, clientX: 600, clientY: 60 });
    fireEvent.pointerUp(plot, { clientX: 600, clientY: 60 });
    expect(onSelect).toHaveBeenCalledWith(expect.objectContaining({ kind: 'span', provider: 'claude_opus' }));
  });

  it('selects the episode whose bracket is clicked', () => {
    const { plot, onSelect } = timeline();
    const bracket = plot.querySelector('[data-episode="40"]');
    if (!bracket) throw new Error('The bracket is not drawn.');
    fireEvent.click(bracket);
    expect(onSelect).toHaveBeenCalledWith({ kind: 'episode', id: 40 });
  });

  it('stands without a lane', () => {
    render(<StateTimeline lanes={[]} since={0} until={1000} />);
    expect(screen.getByRole('img')).toBeTruthy();
  });
});

describe('annotations on charts', () => {
  it('become one mark where they would cover one another', () => {
    const at = (seconds: number, kind: Annotation['kind']) =>
      anAnnotation({ id: `${kind}:${seconds}`, kind, at: FROM + seconds * 1000 });
    const groups = groupAnnotations(
      [at(1800, 'alert'), at(1790, 'alert'), at(60, 'deploy'), at(0, 'note'), at(9000, 'note'), at(-5, 'note')],
      [FROM, NOW],
      3600,
    );
    expect(groups.map(({ x, annotations }) => [x, annotations.map(({ id }) => id)])).toEqual([
      [0, ['note:0']],
      [60, ['deploy:60']],
      [1790, ['alert:1790', 'alert:1800']],
    ]);
    expect(groups.map(groupKind)).toEqual(['note', 'deploy', 'alert']);
    const mixed = groupAnnotations([at(0, 'note'), at(1, 'deploy')], [FROM, NOW], 100);
    expect(mixed.map(groupKind)).toEqual([null]);
  });

  it('never stand nearer than a mark can be pressed, and none is lost', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: FROM, max: NOW }), { maxLength: 60 }), (moments) => {
        const all = moments.map((moment, index) => anAnnotation({ id: `note:${index}`, at: moment }));
        const groups = groupAnnotations(all, [FROM, NOW], 500);
        expect(groups.flatMap(({ annotations }) => annotations)).toHaveLength(all.length);
        for (const [index, { x }] of groups.entries())
          expect(x - (groups[index - 1]?.x ?? -99)).toBeGreaterThanOrEqual(24);
      }),
    );
  });

  it('tell more on focus, and stand on the timeline too', async () => {
    render(
      <TooltipProvider>
        <StateTimeline
          lanes={aFallbackDay(NOW).lanes}
          since={FROM}
          until={NOW}
          annotations={[anAnnotation({ at: FROM }), anAnnotation({ id: 'deploy:1', kind: 'deploy', at: FROM + 1 })]}
          timeZone="UTC"
        />
      </TooltipProvider>,
    );
    fireEvent.focus(screen.getByRole('button', { name: /^2 events from / }));
    expect((await screen.findByRole('tooltip')).textContent).toContain('2 events');
  });

  it('are lines alone where a neighbour has the marks', () => {
    render(
      <TooltipProvider>
        <TimeChart
          series={[aSeries('kimi', [1, 2])]}
          kind="line"
          format={String}
          height={60}
          domain={[FROM, NOW]}
          annotations={[anAnnotation({ at: FROM + 1000 })]}
          annotationMarks={false}
          ariaLabel="First token"
        />
      </TooltipProvider>,
    );
    expect(document.querySelector('[data-annotation="override:7"]')).toBeTruthy();
    expect(screen.queryByRole('button', { name: /^Override/ })).toBeNull();
  });
});

describe('Legend', () => {
  it('names every series with its figure', () => {
    render(<Legend items={[{ key: 'a', label: 'Kimi K2', color: 'provider-0', value: '12 %' }]} />);
    expect(screen.getByRole('listitem').textContent).toBe('Kimi K212 %');
  });
});
