import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { Suspense, type ComponentType } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { forgetFailures, loadEverything, onDemand } from '../../../renderer/app/on-demand.tsx';
import { ErrorBoundary } from '../../../renderer/ui/ErrorBoundary.tsx';

afterEach(cleanup);

const show = (Part: ComponentType) =>
  render(
    <ErrorBoundary
      fallback={(error, retry) => (
        <button
          onClick={() => {
            forgetFailures();
            retry();
          }}
        >
          {error.message}, again
        </button>
      )}
    >
      <Suspense fallback="loading">
        <Part />
      </Suspense>
    </ErrorBoundary>,
  );

describe('a part that loads on demand', () => {
  it('is loaded anew after a failure, when it is shown again', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const load = vi
      .fn<() => Promise<ComponentType>>()
      .mockRejectedValueOnce(new Error('The host is gone'))
      .mockResolvedValue(() => <p>the part</p>);
    show(onDemand(load));
    const again = await screen.findByRole('button', { name: /could not be loaded: the gateway .* does not answer/ });
    expect(load).toHaveBeenCalledTimes(1);
    fireEvent.click(again);
    expect(await screen.findByText('the part')).toBeTruthy();
    vi.restoreAllMocks();
  });

  it('is there before it is asked for, one after the other and between other work', async () => {
    const order: string[] = [];
    const part = (name: string) => async () => {
      order.push(name);
      return () => <p>{name}</p>;
    };
    const First = onDemand(part('first'));
    onDemand(() => Promise.reject(new Error('The host is gone')));
    onDemand(part('second'));
    await loadEverything((act) => {
      order.push('idle');
      act();
    });
    expect(order.filter((each) => each !== 'idle')).toEqual(['first', 'second']);
    expect(order.indexOf('idle')).toBeLessThan(order.indexOf('first'));
    show(First);
    expect(await screen.findByText('first')).toBeTruthy();
  });
});
