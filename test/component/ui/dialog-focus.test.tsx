import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, expect, it } from 'vitest';
import { Button } from '../../../renderer/ui/Button.tsx';
import { CommandMenu } from '../../../renderer/ui/CommandMenu.tsx';
import { Dialog } from '../../../renderer/ui/Dialog.tsx';

afterEach(cleanup);

const KINDS = {
  'a dialog that is always there': ({ open, onClose }: { open: boolean; onClose: () => void }) => (
    <Dialog open={open} title="Why" onOpenChange={onClose}>
      <Button>Inside</Button>
    </Dialog>
  ),
  'a dialog that comes and goes': ({ open, onClose }: { open: boolean; onClose: () => void }) =>
    open && (
      <Dialog open title="Why" onOpenChange={onClose}>
        <Button>Inside</Button>
      </Dialog>
    ),
  'the command menu': ({ open, onClose }: { open: boolean; onClose: () => void }) =>
    open && <CommandMenu label="Commands" placeholder="Type" groups={() => []} onClose={onClose} />,
} as const;

it.each(Object.entries(KINDS))('%s gives the focus back to what opened it', async (_, Kind) => {
  function Stage() {
    const [open, setOpen] = useState(false);
    return (
      <>
        <Button onClick={() => setOpen(true)}>Open</Button>
        <Kind open={open} onClose={() => setOpen(false)} />
      </>
    );
  }
  render(<Stage />);
  const opener = screen.getByRole('button', { name: 'Open' });
  opener.focus();
  fireEvent.click(opener);
  const dialog = await screen.findByRole('dialog');
  await waitFor(() => expect(dialog.contains(document.activeElement)).toBe(true));
  fireEvent.keyDown(document.activeElement ?? dialog, { key: 'Escape' });
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Open' })));
});
