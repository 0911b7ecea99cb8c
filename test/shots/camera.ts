import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';

type Theme = 'light' | 'dark';

/** A picture's size in CSS pixels; its name stands in the file name, that of the README's size is left out. */
export interface Frame {
  name: string;
  width: number;
  height: number;
}

/** Keeps text sharp at a quarter of PNG's size. */
const WEBP_QUALITY = 70;

export const README: Frame = { name: '', width: 1440, height: 900 };
export const LAPTOP: Frame = { name: '1280', width: 1280, height: 800 };
const DESK: Frame = { name: '1920', width: 1920, height: 1080 };
export const PHONE: Frame = { name: '400', width: 400, height: 860 };
/** A laptop's window at a zoom of 200 %. */
const ZOOMED: Frame = { name: 'zoom-200', width: 640, height: 400 };
export const EVERY_FRAME = [LAPTOP, DESK, PHONE, ZOOMED] as const;
const THEMES = ['dark', 'light'] as const;

export interface CameraOptions {
  /** Where pictures go; made when it is missing. */
  out: string;
  say: (line: string) => void;
}

export interface Scene {
  frames: readonly Frame[];
  themes?: readonly Theme[];
}

/** Takes pictures of one page in several sizes and themes, and counts what accessibility rules object to. */
export class Camera {
  readonly #page: Page;
  readonly #options: CameraOptions;
  /** Violations found, by rule, each with the places. */
  readonly violations = new Map<string, { impact: string; help: string; places: Set<string> }>();

  constructor(page: Page, options: CameraOptions) {
    this.#page = page;
    this.#options = options;
  }

  /** `name` becomes `name-dark.png` at the README's size and `all/name-1280-dark.webp` at the others. */
  async take(name: string, scene: Scene): Promise<void> {
    for (const theme of scene.themes ?? THEMES) {
      await this.#page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      for (const frame of scene.frames) {
        await this.#page.setViewportSize(frame);
        await this.#settle();
        const file = [name, frame.name, theme].filter((part) => part !== '').join('-');
        const readme = frame.name === '';
        const path = join(this.#options.out, readme ? `${file}.png` : join('all', `${file}.webp`));
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, readme ? await this.#page.screenshot({ caret: 'hide' }) : await this.#webp());
        this.#options.say(`  ${path}`);
      }
    }
  }

  /** Runs the accessibility rules of WCAG 2.2 A and AA over what the page shows, in both themes. */
  async examine(name: string): Promise<void> {
    for (const theme of THEMES) {
      await this.#page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await this.#settle();
      const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
      const { violations } = await new AxeBuilder({ page: this.#page }).withTags(tags).analyze();
      for (const { id, impact, help, nodes } of violations) {
        const known = this.violations.get(id) ?? { impact: impact ?? 'unknown', help, places: new Set<string>() };
        for (const { target, any } of nodes.slice(0, 4)) {
          known.places.add(`${name}, ${theme}: ${target.join(' ')}  ${any[0]?.message ?? ''}`);
        }
        this.violations.set(id, known);
      }
    }
  }

  async #webp(): Promise<Buffer> {
    const session = await this.#page.context().newCDPSession(this.#page);
    try {
      const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: WEBP_QUALITY });
      return Buffer.from(data, 'base64');
    } finally {
      await session.detach();
    }
  }

  /** Until nothing loads and two frames were painted, so that charts have measured their new width. */
  async #settle(): Promise<void> {
    await this.#page
      .waitForFunction(() => document.querySelector('main [aria-busy="true"]') === null, undefined, { timeout: 10_000 })
      .catch(() => undefined);
    await this.#page.evaluate(async () => {
      await document.fonts.ready;
      for (let frame = 0; frame < 3; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
    });
  }
}
