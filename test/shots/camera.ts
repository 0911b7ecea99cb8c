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

export const README: Frame = { name: '', width: 1440, height: 900 };
export const LAPTOP: Frame = { name: '1280', width: 1280, height: 800 };
export const DESK: Frame = { name: '1920', width: 1920, height: 1080 };
export const PHONE: Frame = { name: '400', width: 400, height: 860 };
export const EVERY_FRAME = [LAPTOP, DESK, PHONE] as const;
const THEMES = ['dark', 'light'] as const;

export interface CameraOptions {
  /** Where pictures go; made when it is missing. */
  out: string;
  /** True takes every picture; false those that are kept with the sources. */
  everything: boolean;
  say: (line: string) => void;
}

export interface Scene {
  frames: readonly Frame[];
  themes?: readonly Theme[];
  /** True for the pictures kept with the sources; the others are taken only where everything is asked for. */
  kept?: boolean;
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

  /** `name` becomes `name-dark.png` at the README's size and `all/name-1280-dark.png` at the others. */
  async take(name: string, scene: Scene): Promise<void> {
    if (!scene.kept && !this.#options.everything) return;
    for (const theme of scene.themes ?? THEMES) {
      await this.#page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      for (const frame of scene.frames) {
        await this.#page.setViewportSize(frame);
        await this.#settle();
        const file = [name, frame.name, theme].filter((part) => part !== '').join('-');
        const path = join(this.#options.out, frame.name === '' ? '' : 'all', `${file}.png`);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, await this.#page.screenshot({ animations: 'disabled', caret: 'hide' }));
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
