import { describe, expect, it } from 'vitest';
import { HELP } from '../../../electron/cli/help.ts';
import { RULES, runbookAnchor } from '../../../electron/engine/alerts/rules.ts';
import { RUNBOOK_PAGES, type Block, type Words } from '../../../renderer/features/runbook/runbook-pages.ts';
import { readYaml, type RuleFile } from '../../support/monitoring-stack.ts';

const linesOf = (block: Block): Words[][] => {
  switch (block.kind) {
    case 'paragraph':
      return [block.words];
    case 'list':
      return block.items.flatMap(({ words, under }) => [words, ...under]);
    case 'table':
      return block.rows.flat();
    case 'commands':
      return [];
  }
};
const textOf = (words: readonly Words[]) => words.map(({ text }) => text).join('');

describe('the runbook', () => {
  const { groups } = readYaml('prometheus/alerts.yml') as RuleFile;
  const alerts = new Set([
    ...RULES.map(({ name }) => name as string),
    ...groups.flatMap(({ rules }) => rules.map(({ alert }) => alert)),
  ]);

  it.each([...alerts])('has a page for %s: what happened, what was done, what to check, and commands', (alert) => {
    const page = RUNBOOK_PAGES.get(runbookAnchor(alert));
    const [happened, done, heading, checks, label, commands, ...rest] = page?.blocks ?? [];
    expect(page?.title).toBe(alert);
    expect(happened?.kind).toBe('paragraph');
    expect(done?.kind === 'paragraph' && textOf(done.words)).toMatch(/^What Switchyard did: \S/);
    expect(heading?.kind === 'paragraph' && textOf(heading.words)).toBe('What to check:');
    expect(checks?.kind).toBe('list');
    expect(label?.kind === 'paragraph' && textOf(label.words)).toBe('Commands:');
    expect(commands?.kind).toBe('commands');
    expect(rest).toEqual([]);
  });

  it('leads nowhere but to pages that exist, and leaves no mark of its notation', () => {
    const words = [...RUNBOOK_PAGES.values()].flatMap(({ blocks }) => blocks.flatMap(linesOf).flat());
    const links = words.flatMap((part) => (part.kind === 'link' ? [part.anchor] : []));
    expect(links.length).toBeGreaterThan(3);
    expect(links.filter((anchor) => !RUNBOOK_PAGES.has(anchor))).toEqual([]);
    const plain = words.filter(({ kind }) => kind === 'text').map(({ text }) => text);
    expect(plain.filter((text) => /\*\*|`|\]\(/.test(text))).toEqual([]);
  });

  it('names only commands of ours that there are', () => {
    const lines = [...RUNBOOK_PAGES.values()].flatMap(({ blocks }) =>
      blocks.flatMap((block) => (block.kind === 'commands' ? block.commands : [])),
    );
    const own = lines.flatMap((line) => /^switchyard (\S+)/.exec(line)?.[1] ?? []);
    expect(own.length).toBeGreaterThan(15);
    expect(own.filter((name) => !Object.hasOwn(HELP, name))).toEqual([]);
  });

  it('joins a command that is written on two lines', () => {
    const block = RUNBOOK_PAGES.get('drills')?.blocks.find(({ kind }) => kind === 'commands');
    expect(block?.kind === 'commands' && block.commands).toEqual([
      expect.stringMatching(/^switchyard drill .*exercise" --lost-requests 0/),
    ]);
  });
});
