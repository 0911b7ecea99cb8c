import { fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Button } from '../../../renderer/ui/Button.tsx';
import { DataTable, sortRows, type Column } from '../../../renderer/ui/DataTable.tsx';
import { Count, Duration, Money, Quantity } from '../../../renderer/ui/figures.tsx';
import { Field, TextInput } from '../../../renderer/ui/Field.tsx';
import { Identifier } from '../../../renderer/ui/Identifier.tsx';
import { Meter } from '../../../renderer/ui/Meter.tsx';
import { Panel } from '../../../renderer/ui/Panel.tsx';
import { panelStateOf, type QueryPicture } from '../../../renderer/ui/panel-state.ts';
import { Segmented } from '../../../renderer/ui/Segmented.tsx';
import { sparkPath } from '../../../renderer/ui/Sparkline.tsx';
import { StatusMark } from '../../../renderer/ui/StatusMark.tsx';
import { countdownText, RelativeTime } from '../../../renderer/ui/time.tsx';
import { UptimeBar, type UptimeBucket } from '../../../renderer/ui/UptimeBar.tsx';
import { resetConsole } from '../../support/console-harness.tsx';

beforeEach(resetConsole);
afterEach(resetConsole);

describe('a status mark', () => {
  it('has a shape of its own for each state, and its word', () => {
    const shapes = (['healthy', 'degraded', 'unhealthy', 'unknown', 'forced', 'no_data'] as const).map((status) => {
      const { container, unmount } = render(<StatusMark status={status} />);
      const shape = container.querySelector('svg')?.innerHTML;
      unmount();
      return shape;
    });
    expect(new Set(shapes).size).toBe(6);
    render(<StatusMark status="disabled" />);
    expect(screen.getByText('off')).toBeTruthy();
  });
});

describe('a panel', () => {
  it('keeps the last picture while it loads', () => {
    render(
      <Panel title="Costs" state={{ kind: 'loading', hasPicture: true }}>
        the picture
      </Panel>,
    );
    expect(screen.getByText('the picture')).toBeTruthy();
    expect(screen.getByRole('region', { name: 'Costs' }).getAttribute('aria-busy')).toBe('true');
  });

  it('has a placeholder before the first picture', () => {
    render(
      <Panel title="Costs" state={{ kind: 'loading', hasPicture: false }}>
        the picture
      </Panel>,
    );
    expect(screen.queryByText('the picture')).toBeNull();
    expect(screen.getByText('Loading')).toBeTruthy();
  });

  it('says why it failed, offers a retry, and keeps the picture it had', () => {
    const retry = vi.fn<() => void>();
    render(
      <Panel title="Costs" state={{ kind: 'error', message: 'The disk is full.', retry, hasPicture: true }}>
        the picture
      </Panel>,
    );
    expect(screen.getByRole('alert').textContent).toContain('The disk is full.');
    expect(screen.getByText('the picture')).toBeTruthy();
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(retry).toHaveBeenCalled();
  });

  it('says what will fill it, and what is missing of it', () => {
    render(<Panel title="A" state={{ kind: 'empty', title: 'No cost yet.' }} />);
    render(
      <Panel title="B" state={{ kind: 'partial', message: 'Only the newest 500 events.' }}>
        rows
      </Panel>,
    );
    expect(screen.getByText('No cost yet.')).toBeTruthy();
    expect(screen.getByText('Only the newest 500 events.')).toBeTruthy();
    expect(screen.getByText('rows')).toBeTruthy();
  });

  it('keeps a crash of its content to itself', () => {
    const silence = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const Broken = () => {
      throw new Error('Unexpected lane.');
    };
    render(
      <>
        <Panel title="Broken">
          <Broken />
        </Panel>
        <Panel title="Sound">still here</Panel>
      </>,
    );
    expect(screen.getByRole('alert').textContent).toContain('Unexpected lane.');
    expect(screen.getByText('still here')).toBeTruthy();
    silence.mockRestore();
  });

  const query = (changes: Partial<QueryPicture<string[]>>): QueryPicture<string[]> => ({
    data: undefined,
    error: null,
    isFetching: false,
    refetch: () => undefined,
    ...changes,
  });
  it.each([
    ['loading', query({ isFetching: true })],
    ['error', query({ error: new Error('no') })],
    ['ready', query({ data: ['x'], isFetching: true })],
    ['loading', query({ data: ['x'], isPlaceholderData: true })],
    ['empty', query({ data: [] })],
  ] as const)('is %s by its query', (kind, picture) => {
    expect(panelStateOf(picture, (data) => (data.length === 0 ? { title: 'Nothing.' } : null)).kind).toBe(kind);
  });
});

interface Row {
  name: string;
  cost: number | null;
}

const COLUMNS: Column<Row>[] = [
  { key: 'name', header: 'Name', cell: ({ name }) => name, sortValue: ({ name }) => name },
  { key: 'cost', header: 'Cost', numeric: true, cell: ({ cost }) => cost ?? 'unknown', sortValue: ({ cost }) => cost },
];
const ROWS: Row[] = [
  { name: 'beta', cost: 2 },
  { name: 'alpha', cost: null },
  { name: 'gamma', cost: 9 },
];

describe('a table', () => {
  const names = () =>
    within(screen.getAllByRole('rowgroup')[1] as HTMLElement)
      .getAllByRole('row')
      .map((row) => row.firstElementChild?.textContent);

  it('sorts figures from the largest first, then the other way, unknown last both times', () => {
    render(<DataTable label="Costs" columns={COLUMNS} rows={ROWS} rowKey={({ name }) => name} />);
    fireEvent.click(screen.getByRole('button', { name: 'Cost' }));
    expect(names()).toEqual(['gamma', 'beta', 'alpha']);
    expect(screen.getByRole('columnheader', { name: 'Cost' }).getAttribute('aria-sort')).toBe('descending');
    fireEvent.click(screen.getByRole('button', { name: 'Cost' }));
    expect(names()).toEqual(['beta', 'gamma', 'alpha']);
  });

  it('keeps the order of equal rows', () => {
    const rows = ['c', 'a', 'b'].map((name) => ({ name, cost: 1 }));
    expect(sortRows(rows, COLUMNS, { key: 'cost', descending: true }).map(({ name }) => name)).toEqual(['c', 'a', 'b']);
  });

  it('is walked and chosen from by keyboard', () => {
    const onSelect = vi.fn<(row: Row) => void>();
    render(
      <DataTable
        label="Costs"
        columns={COLUMNS}
        rows={ROWS}
        rowKey={({ name }) => name}
        onSelect={onSelect}
        totals={{ name: 'Total', cost: 11 }}
      />,
    );
    const [, first, second] = screen.getAllByRole('row');
    first?.focus();
    fireEvent.keyDown(first as HTMLElement, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(second);
    fireEvent.keyDown(second as HTMLElement, { key: 'Enter' });
    expect(onSelect).toHaveBeenCalledWith(ROWS[1]);
    expect(screen.getByText('Total')).toBeTruthy();
  });
});

describe('figures', () => {
  const text = (element: React.ReactElement) => render(element).container.textContent;

  it.each([
    ['12.40 USD/h', <Money key="a" usd={12.4} per="/h" />],
    ['price unknown', <Money key="b" usd={0} unknown />],
    ['price unknown (3)', <Money key="c" usd={0} unknown={3} />],
    ['12.40 USD + 3 unpriced', <Money key="d" usd={12.4} unknown={3} />],
    ['0 USD', <Money key="e" usd={0} />],
    ['—', <Duration key="f" ms={null} />],
    ['1.4 s', <Duration key="g" ms={1400} />],
    ['1,234 requests', <Count key="h" value={1234} unit="requests" />],
    ['4 h 10 min', <Quantity key="i" text="4 h 10 min" />],
  ])('read %s', (expected, element) => {
    expect(text(element)).toBe(expected);
  });

  it('set units smaller than their numbers', () => {
    const { container } = render(<Quantity text="12.40 USD" />);
    expect(container.querySelector('span > span')?.textContent).toBe('');
    expect([...container.querySelectorAll('span > span')].at(-1)?.textContent).toBe(' USD');
  });

  it.each([
    [252_000, '4:12'],
    [3_849_000, '1:04:09'],
    [1, '0:01'],
    [-5, '0:00'],
  ])('count down %d ms as %s', (ms, expected) => {
    expect(countdownText(ms)).toBe(expected);
  });

  it('tell a moment relatively, with the absolute on hover', () => {
    render(<RelativeTime at={Date.now() - 7 * 60_000 - 2000} />);
    const time = screen.getByText('7 min ago');
    expect(time.title).toMatch(/\d{4}, \d\d:\d\d:\d\d/);
  });
});

describe('an uptime bar', () => {
  const buckets = (...states: UptimeBucket['status'][]): UptimeBucket[] =>
    states.map((status, index) => ({ from: index * 1000, to: index * 1000 + 1000, status }));

  it('is read bucket by bucket with the arrow keys', () => {
    render(<UptimeBar buckets={buckets('healthy', 'unhealthy')} label="Kimi" summary="50.0 % up" />);
    const bar = screen.getByRole('img');
    expect(bar.getAttribute('aria-label')).toBe('Kimi: 50.0 % up');
    fireEvent.keyDown(bar, { key: 'ArrowLeft' });
    expect(bar.getAttribute('aria-label')).toMatch(/unhealthy$/);
    fireEvent.keyDown(bar, { key: 'Home' });
    expect(bar.getAttribute('aria-label')).toMatch(/: healthy$/);
    fireEvent.blur(bar);
    expect(bar.getAttribute('aria-label')).toBe('Kimi: 50.0 % up');
  });
});

describe('controls', () => {
  it('a busy button takes no press', () => {
    const onClick = vi.fn<() => void>();
    render(
      <Button busy onClick={onClick}>
        Probe now
      </Button>,
    );
    fireEvent.click(screen.getByRole('button'));
    expect(onClick).not.toHaveBeenCalled();
    expect(screen.getByRole('button').getAttribute('aria-busy')).toBe('true');
  });

  it('a choice moves with the arrow keys and wraps around', () => {
    const onChange = vi.fn<(value: string) => void>();
    const options = ['a', 'b', 'c'].map((value) => ({ value, label: value }));
    render(<Segmented label="Group" value="c" options={options} onChange={onChange} />);
    fireEvent.keyDown(screen.getByRole('radio', { name: 'c' }), { key: 'ArrowRight' });
    expect(onChange).toHaveBeenCalledWith('a');
    expect(screen.getAllByRole('radio').map((radio) => radio.tabIndex)).toEqual([-1, -1, 0]);
  });

  it('a field ties its error to its control', () => {
    render(
      <Field label="Reason" error="Say why.">
        {(control) => <TextInput {...control} />}
      </Field>,
    );
    const input = screen.getByLabelText('Reason');
    expect(document.getElementById(input.getAttribute('aria-describedby') ?? '')?.textContent).toBe('Say why.');
  });

  it('an id is shortened and copied whole', async () => {
    const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    render(<Identifier id="req_01JD000001QZ8T4M3K" />);
    fireEvent.click(screen.getByRole('button'));
    expect(writeText).toHaveBeenCalledWith('req_01JD000001QZ8T4M3K');
    // What is seen is part of the name, so that it can be said to a voice control.
    expect(await screen.findByRole('button', { name: 'Copied req_01JD…4M3K' })).toBeTruthy();
  });

  it('a meter never shows more than its limit', () => {
    render(<Meter label="Budget" value={1200} limit={1000} text="1,200 of 1,000" />);
    const meter = screen.getByRole('meter');
    expect(meter.getAttribute('aria-valuenow')).toBe('1000');
    expect(meter.querySelector('div')?.className).toContain('bg-bad');
  });

  it('a sparkline breaks at a gap', () => {
    expect(sparkPath([1, 2, null, 4], 4, 20).match(/M/g)).toHaveLength(2);
  });
});
