import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { emptyForm } from '../../../renderer/features/playground/comparison-form.ts';
import { editForm, stopAll, usePlayground } from '../../../renderer/features/playground/playground-store.ts';
import { PlaygroundView } from '../../../renderer/features/playground/PlaygroundView.tsx';
import type { CompareEvent, CompareRequest } from '../../../shared/domain/compare.ts';
import { aStatus } from '../../support/console-fixtures.ts';
import { compareStream } from '../../support/console-fixtures-history.ts';
import { renderView } from '../../support/console-render-history.tsx';

const NOW = Date.UTC(2026, 10, 20, 12);

beforeEach(() => usePlayground.setState({ form: emptyForm, answers: {}, ran: [] }));
afterEach(() => {
  stopAll();
  cleanup();
});

const show = (compare: NonNullable<Parameters<typeof renderView>[1]['compare']> = compareStream, simulated = false) =>
  renderView(<PlaygroundView />, { compare }, { status: aStatus(NOW, { simulated }) }, '/playground');
const ask = (prompt: string) => fireEvent.change(screen.getByLabelText('Prompt'), { target: { value: prompt } });
const column = (name: string) => screen.getByRole('article', { name: `Answer of ${name}` });

/** Says one word and then nothing until it is stopped. */
async function* untilStopped(
  _: CompareRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<CompareEvent, void, void> {
  yield { type: 'text', target: 0, text: 'Well' };
  await new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))));
}

describe('PlaygroundView', () => {
  it('begins with the chain, says what will appear, and what a run does', () => {
    show();
    expect(screen.getByText('Answers appear here side by side')).toBeTruthy();
    expect((screen.getByLabelText('Provider of column 1') as HTMLSelectElement).value).toBe('kimi_k2');
    expect((screen.getByLabelText('Provider of column 2') as HTMLSelectElement).value).toBe('claude_opus');
    expect(screen.getByText(/Sent for real to 2 providers/)).toBeTruthy();
  });

  it('says that simulated providers charge nothing', () => {
    show(compareStream, true);
    expect(screen.getByText('Sent to simulated providers; nothing is charged.')).toBeTruthy();
  });

  it('asks for a prompt only once it was tried without', () => {
    show();
    expect(screen.queryByText('Write a prompt.')).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Run' }));
    expect(screen.getByText('Write a prompt.')).toBeTruthy();
    expect(screen.queryByRole('article')).toBeNull();
  });

  it('streams the answers side by side and marks the fastest and the cheapest', async () => {
    show();
    ask('When?');
    fireEvent.keyDown(screen.getByLabelText('Prompt'), { key: 'Enter', ctrlKey: true });
    await waitFor(() => expect(screen.getAllByText('done')).toHaveLength(2));
    const kimi = column('Kimi K2');
    expect(kimi.textContent).toContain('take it out of rotation');
    expect(within(kimi).getByText('fastest')).toBeTruthy();
    expect(within(kimi).getByText('cheapest')).toBeTruthy();
    expect(within(kimi).getByText('Thinking')).toBeTruthy();
    const figures = [...column('Claude Opus').querySelectorAll('dl > div')].map((row) => row.textContent);
    expect(figures).toEqual([
      'First token640 ms',
      'Duration3.9 s',
      'Output speed61 tokens/s',
      'Tokens in412',
      'Tokens out118',
      'Cost0.0042 USD',
    ]);
  });

  it('shows the cause of a failure in words while the neighbour goes on', async () => {
    show();
    act(() =>
      editForm({
        prompt: 'When?',
        targets: [
          { id: 'a', provider: 'gpt4', model: '' },
          { id: 'b', provider: 'claude_opus', model: 'claude-haiku-4-5' },
        ],
      }),
    );
    fireEvent.click(screen.getByRole('button', { name: 'Run' }));
    expect((await screen.findByRole('alert')).textContent).toBe(
      'It refuses our key. Check the key in the environment.OpenAI answered 401: Incorrect API key provided.',
    );
    await waitFor(() => expect(within(column('Claude Opus')).getByText('done')).toBeTruthy());
    expect(within(column('Claude Opus')).getByText('claude-haiku-4-5')).toBeTruthy();
  });

  it('says price unknown and never 0', async () => {
    show();
    act(() => editForm({ prompt: 'When?', targets: [{ id: 'a', provider: 'moonshot', model: '' }] }));
    fireEvent.click(screen.getByRole('button', { name: 'Run' }));
    expect(await screen.findByText('price unknown')).toBeTruthy();
  });

  it('stops one column, then all', async () => {
    show(untilStopped);
    ask('When?');
    fireEvent.click(screen.getByRole('button', { name: 'Run' }));
    await waitFor(() => expect(screen.getAllByText('streaming')).toHaveLength(2));
    fireEvent.click(screen.getByRole('button', { name: 'Stop Kimi K2' }));
    await waitFor(() => expect(within(column('Kimi K2')).getByText('stopped')).toBeTruthy());
    expect(within(column('Claude Opus')).getByText('streaming')).toBeTruthy();
    const stop = screen.getByRole('button', { name: 'Stop all' });
    fireEvent.click(stop);
    await waitFor(() => expect(within(column('Claude Opus')).getByText('stopped')).toBeTruthy());
    // As one element with Run, which takes its place, the press would go on to submit the form.
    expect(stop.isConnected).toBe(false);
    expect(column('Kimi K2').textContent).toContain('Stopped here; the answer is not whole.');
    expect(screen.getByRole('button', { name: 'Run' })).toBeTruthy();
  });

  it('keeps prompt and answers while another view is open', async () => {
    const { unmount } = show();
    ask('When?');
    fireEvent.click(screen.getByRole('button', { name: 'Run' }));
    unmount();
    await waitFor(() =>
      expect(Object.values(usePlayground.getState().answers).every(({ phase }) => phase === 'done')).toBe(true),
    );
    show();
    expect((screen.getByLabelText('Prompt') as HTMLTextAreaElement).value).toBe('When?');
    expect(screen.getAllByText('done')).toHaveLength(2);
  });

  it('adds and removes columns', () => {
    show();
    fireEvent.click(screen.getByRole('button', { name: 'Add a column' }));
    expect(screen.getAllByLabelText(/^Provider of column/)).toHaveLength(3);
    fireEvent.click(screen.getByRole('button', { name: 'Remove column 1' }));
    fireEvent.click(screen.getByRole('button', { name: 'Remove column 1' }));
    expect(screen.getAllByLabelText(/^Provider of column/)).toHaveLength(1);
    expect((screen.getByRole('button', { name: 'Remove column 1' }) as HTMLButtonElement).disabled).toBe(true);
  });

  it('copies an answer', async () => {
    const writeText = vi.spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
    show();
    ask('When?');
    fireEvent.click(screen.getByRole('button', { name: 'Run' }));
    fireEvent.click(await screen.findByRole('button', { name: 'Copy the answer of Kimi K2' }));
    expect(writeText.mock.calls[0]?.[0]).toContain('take it out of rotation');
    await screen.findByRole('button', { name: 'Copied' });
  });
});
