import { fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useNotice } from '../../../renderer/state/notices.ts';
import { CopyButton } from '../../../renderer/ui/CopyButton.tsx';
import { TooltipProvider } from '../../../renderer/ui/Tooltip.tsx';
import { resetConsole } from '../../support/console-harness.tsx';

beforeEach(resetConsole);
afterEach(() => {
  vi.unstubAllGlobals();
  resetConsole();
});

/** A page without the clipboard of secure contexts; the older command fires a `copy` event where it is allowed. */
function overPlainHttp(allowed: boolean): string[] {
  const put: string[] = [];
  vi.stubGlobal('navigator', { clipboard: undefined });
  document.execCommand = () => {
    if (!allowed) return false;
    const clipboardData = { setData: (_type: string, text: string) => put.push(text) };
    document.dispatchEvent(Object.assign(new Event('copy', { cancelable: true }), { clipboardData }));
    return true;
  };
  return put;
}

const copy = () => {
  render(
    <TooltipProvider>
      <CopyButton text="switchyard status" label="Copy the command" />
    </TooltipProvider>,
  );
  fireEvent.click(screen.getByRole('button', { name: 'Copy the command' }));
};

describe('copying on a page that came by plain HTTP', () => {
  it('works', async () => {
    const put = overPlainHttp(true);
    copy();
    expect(await screen.findByRole('button', { name: 'Copied' })).toBeTruthy();
    expect(put).toEqual(['switchyard status']);
  });

  it('says so where the browser refuses', async () => {
    overPlainHttp(false);
    copy();
    await vi.waitFor(() => expect(useNotice.getState().notice?.text).toMatch(/does not let this page copy/));
    expect(screen.queryByRole('button', { name: 'Copied' })).toBeNull();
  });
});
