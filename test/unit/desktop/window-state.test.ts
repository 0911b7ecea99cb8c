import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDesktopOptions } from '../../../electron/desktop/desktop-options.ts';
import { placeWindow } from '../../../electron/desktop/window-state.ts';

const screen = { x: 0, y: 25, width: 1920, height: 1055 };

describe('where the window opens', () => {
  it('is where it was', () => {
    const saved = { bounds: { x: 100, y: 100, width: 1200, height: 800 }, maximized: true };
    expect(placeWindow(saved, [screen])).toEqual(saved);
  });

  it('is on a screen when the one it was on is gone', () => {
    const saved = { bounds: { x: 2500, y: 100, width: 1200, height: 800 }, maximized: false };
    expect(placeWindow(saved, [screen]).bounds).toEqual({ x: 280, y: 113, width: 1360, height: 880 });
  });

  it('can always be reached, whatever was saved', () => {
    const number = fc.integer({ min: -5000, max: 5000 });
    const size = fc.integer({ min: 1, max: 5000 });
    fc.assert(
      fc.property(number, number, size, size, (x, y, width, height) => {
        const { bounds } = placeWindow({ bounds: { x, y, width, height }, maximized: false }, [screen]);
        expect(bounds.x).toBeLessThan(screen.x + screen.width);
        expect(bounds.x + bounds.width).toBeGreaterThan(screen.x);
        expect(bounds.y).toBeGreaterThanOrEqual(screen.y - 1);
        expect(bounds.y).toBeLessThan(screen.y + screen.height);
      }),
    );
  });
});

describe('options of the desktop', () => {
  it("are found among Chromium's own switches", () => {
    const args = ['--no-sandbox', '--remote-debugging-port=0', '/app', '--data', '/d', '--gateway-port', '0', '--demo'];
    expect(readDesktopOptions(args)).toEqual({
      config: undefined,
      data: '/d',
      host: undefined,
      gatewayPort: 0,
      demo: true,
    });
  });

  it('refuse a port that is none', () => {
    expect(() => readDesktopOptions(['--gateway-port', 'x'])).toThrow('--gateway-port');
  });
});
