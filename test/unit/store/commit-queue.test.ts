import { describe, expect, it } from 'vitest';
import { CommitQueue } from '../../../electron/engine/store/commit-queue.ts';
import { createStoreTestClock } from '../../support/store-clock.ts';

const endOfTurn = () => new Promise((resolve) => setImmediate(resolve));

/** A database that can be made to fail: `failing` for good reasons to retry, and rows named `bad` that never fit. */
function setUp() {
  const clock = createStoreTestClock();
  const commits: string[][] = [];
  const errors: string[] = [];
  const disk = { failing: false };
  let staged: string[] = [];
  const queue = new CommitQueue(
    {
      run(operations) {
        staged = [];
        if (disk.failing) throw new Error('disk full');
        for (const apply of operations) apply();
        commits.push(staged);
      },
      isPassing: (error) => error instanceof Error && error.message === 'disk full',
    },
    clock,
    (error) => errors.push(error instanceof Error ? error.message : String(error)),
  );
  const write = (name: string) => () => {
    if (name.startsWith('bad')) throw new Error('does not fit');
    staged.push(name);
  };
  return { clock, commits, errors, disk, queue, write };
}

async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  await Promise.resolve();
  await Promise.resolve();
  return settled;
}

describe('the commit queue', () => {
  it('commits all rows of one event-loop turn at once', async () => {
    const { queue, commits, write } = setUp();
    await Promise.all([queue.enqueue(write('a')), queue.enqueue(write('b'))]);
    await queue.enqueue(write('c'));
    expect(commits).toEqual([['a', 'b'], ['c']]);
  });

  it('commits a write that is needed at once before it returns, after those that came before it', () => {
    const { queue, commits, write } = setUp();
    void queue.enqueue(write('a'));
    queue.commit(write('now'));
    expect(commits).toEqual([['a', 'now']]);
  });

  it('keeps rows while the disk is full and writes them in order when it no longer is', async () => {
    const { queue, commits, disk, clock, write } = setUp();
    disk.failing = true;
    void queue.enqueue(write('a'));
    await endOfTurn();
    void queue.enqueue(write('b'));
    queue.commit(write('c'));
    expect(commits).toEqual([]);
    expect(queue.waiting).toBe(3);
    disk.failing = false;
    clock.advance(100);
    expect(commits).toEqual([['a', 'b', 'c']]);
    expect(queue.waiting).toBe(0);
  });

  it('lets those who wait go after a second, and writes their rows later all the same', async () => {
    const { queue, commits, disk, clock, write } = setUp();
    disk.failing = true;
    const first = queue.enqueue(write('a'));
    await endOfTurn();
    clock.advance(999);
    expect(await isSettled(first)).toBe(false);
    clock.advance(1);
    expect(await isSettled(first)).toBe(true);
    const second = queue.enqueue(write('b'));
    clock.advance(1000);
    expect(await isSettled(second)).toBe(true);
    disk.failing = false;
    clock.advance(5000);
    expect(commits).toEqual([['a', 'b']]);
  });

  it('holds up nobody any more once the trouble lasts, and everybody again when it is over', async () => {
    const { queue, commits, disk, clock, write } = setUp();
    disk.failing = true;
    void queue.enqueue(write('a'));
    await endOfTurn();
    clock.advance(1000);
    expect(await isSettled(queue.enqueue(write('b')))).toBe(true);
    clock.advance(20_000);
    expect(await isSettled(queue.enqueue(write('c')))).toBe(true);
    disk.failing = false;
    clock.advance(5000);
    expect(commits).toEqual([['a', 'b', 'c']]);
    disk.failing = true;
    const later = queue.enqueue(write('d'));
    await endOfTurn();
    expect(await isSettled(later)).toBe(false);
  });

  it('tells when the trouble is over, and what it cost', async () => {
    const { queue, disk, clock, errors, write } = setUp();
    disk.failing = true;
    void queue.enqueue(write('a'));
    await endOfTurn();
    disk.failing = false;
    clock.advance(5000);
    expect(errors.at(-1)).toBe('The store can be written again. Nothing was lost.');
    disk.failing = true;
    for (let index = 0; index <= 10_001; index += 1) void queue.enqueue(write(String(index)));
    await endOfTurn();
    disk.failing = false;
    clock.advance(5000);
    expect(errors.at(-1)).toBe('The store can be written again. Writes lost meanwhile for want of room in memory: 2.');
  });

  it('gives up rows of requests before what is kept of operators and budgets', async () => {
    const { queue, commits, disk, clock, write } = setUp();
    disk.failing = true;
    queue.commit(write('audit'));
    queue.commit(write('used 1'), 'counter');
    for (let index = 0; index < 10_000; index += 1) void queue.enqueue(write(String(index)));
    disk.failing = false;
    clock.advance(5000);
    expect(commits.flat().slice(0, 3)).toEqual(['audit', 'used 1', '2']);
  });

  it('tells of the trouble once a minute', async () => {
    const { queue, disk, clock, errors, write } = setUp();
    disk.failing = true;
    void queue.enqueue(write('a'));
    await endOfTurn();
    clock.advance(59_000);
    expect(errors).toEqual(['The store cannot be written (disk full). Writes kept in memory for a retry: 1.']);
    clock.advance(10_000);
    expect(errors).toHaveLength(2);
  });

  it('leaves out a row that can never be stored, and only that one', async () => {
    const { queue, commits, errors, write } = setUp();
    await Promise.all([queue.enqueue(write('a')), queue.enqueue(write('bad')), queue.enqueue(write('b'))]);
    expect(commits.flat()).toEqual(['a', 'b']);
    expect(errors).toEqual(['A row could not be stored and was left out.']);
    expect(queue.waiting).toBe(0);
  });

  it('drops the oldest beyond its bound and says how many', async () => {
    const { queue, commits, disk, clock, errors, write } = setUp();
    disk.failing = true;
    void queue.enqueue(write('0'));
    await endOfTurn();
    for (let index = 1; index <= 10_002; index += 1) void queue.enqueue(write(String(index)));
    expect(queue.waiting).toBe(10_000);
    clock.advance(65_000);
    expect(errors.at(-1)).toContain('Older ones dropped for want of room: 3.');
    disk.failing = false;
    clock.advance(5000);
    expect(commits.flat().slice(0, 2)).toEqual(['3', '4']);
    expect(commits.every((commit) => commit.length <= 1000)).toBe(true);
  });

  it('keeps only the newest state of a thing while it cannot be written', async () => {
    const { queue, commits, disk, clock, write } = setUp();
    disk.failing = true;
    queue.commit(write('used 1'), 'counter');
    queue.commit(write('used 2'), 'counter');
    queue.commit(write('used 3'), 'counter');
    expect(queue.waiting).toBe(1);
    disk.failing = false;
    clock.advance(100);
    expect(commits).toEqual([['used 3']]);
  });

  it('writes what waits when it closes, or says what is lost', () => {
    const { queue, commits, disk, errors, write } = setUp();
    void queue.enqueue(write('a'));
    queue.close();
    expect(commits).toEqual([['a']]);
    disk.failing = true;
    queue.commit(write('b'));
    queue.close();
    expect(errors.at(-1)).toBe('Writes lost because they could not be stored before closing: 1.');
  });
});
