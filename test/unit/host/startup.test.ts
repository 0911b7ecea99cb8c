import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { candidateDataDirectories, chooseDataDirectory } from '../../../electron/host/data-directory.ts';
import { findRegistryFile } from '../../../electron/host/registry-source.ts';
import { announceRunningInstance, readRunningInstance } from '../../../electron/host/running-file.ts';
import { describeDirectoryError, describeListenError, StartupError } from '../../../electron/host/startup-error.ts';

const question = {
  option: undefined,
  environment: { HOME: '/home/ada' },
  workingDirectory: '/work',
  platform: 'linux',
} as const;

describe('the data directory', () => {
  it.each<[NodeJS.Platform, Record<string, string>, string]>([
    ['linux', { HOME: '/home/ada' }, '/home/ada/.local/share/switchyard'],
    ['linux', { HOME: '/home/ada', XDG_DATA_HOME: '/data' }, '/data/switchyard'],
    ['darwin', { HOME: '/Users/ada' }, '/Users/ada/Library/Application Support/Switchyard'],
  ])('on %s is per user', (platform, environment, expected) => {
    expect(chooseDataDirectory({ ...question, platform, environment }, false)).toBe(expected);
  });

  it('of simulated runs is apart, unless one was named', () => {
    expect(candidateDataDirectories(question)).toEqual([
      '/home/ada/.local/share/switchyard',
      '/home/ada/.local/share/switchyard/simulated',
    ]);
    expect(candidateDataDirectories({ ...question, option: 'd' })).toEqual(['/work/d']);
    expect(chooseDataDirectory({ ...question, environment: { SWITCHYARD_DATA: '/s' } }, true)).toBe('/s');
  });
});

describe('the registry', () => {
  it('is looked up by option, environment, working directory, in this order', () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-lookup-'));
    const find = (option?: string, named?: string) =>
      findRegistryFile({ option, environment: { SWITCHYARD_CONFIG: named }, workingDirectory: folder })?.text;
    expect(find()).toBeUndefined();
    writeFileSync(join(folder, 'switchyard.yaml'), 'here');
    expect(find()).toBe('here');
    writeFileSync(join(folder, 'named.yaml'), 'named');
    expect(find(undefined, 'named.yaml')).toBe('named');
    writeFileSync(join(folder, 'option.yaml'), 'option');
    expect(find('option.yaml', 'named.yaml')).toBe('option');
    expect(() => find('missing.yaml')).toThrow(StartupError);
  });
});

describe('what keeps a host from starting', () => {
  const error = (code: string): Error => Object.assign(new Error(code), { code });

  it('names a busy port and the option that changes it', () => {
    const described = describeListenError(error('EADDRINUSE'), { name: 'console', host: '127.0.0.1', port: 4181 });
    expect(described).toMatchObject({ message: expect.stringMatching(/^Port 4181 is in use.*--console-port/) });
  });

  it.each(['EACCES', 'EROFS', 'ENOTDIR', 'ENOSPC'])('names the data directory on %s', (code) => {
    expect(describeDirectoryError(error(code), '/d')).toMatchObject({
      message: expect.stringMatching(/\/d.*--data\.$/),
    });
  });

  it('passes a defect on as it is', () => {
    const defect = new TypeError('x');
    expect(describeListenError(defect, { name: 'gateway', host: 'h', port: 1 })).toBe(defect);
  });
});

describe('the word a running host leaves', () => {
  const unexpected = (_context: string, error: unknown): void => {
    throw error;
  };
  const instance = { pid: process.pid, gateway: 'http://127.0.0.1:1', console: null, started_at: 1 };

  it('is taken away when it stops', () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-running-'));
    const withdraw = announceRunningInstance(folder, instance, unexpected);
    expect(readRunningInstance(folder)).toEqual(instance);
    expect(readdirSync(folder)).toEqual(['running.json']);
    withdraw();
    expect(readRunningInstance(folder)).toBeNull();
  });

  it('keeps no host from serving when it cannot be written, which is told', () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'switchyard-running-')), 'gone');
    const told: unknown[] = [];
    announceRunningInstance(folder, instance, (_, error) => told.push(error))();
    expect(String(told)).toContain('running.json cannot be written');
    expect(String(told)).toContain('commands on this machine need --url to find this Switchyard.');
  });

  it('is not believed when its process is gone, or when it is rubbish', () => {
    const folder = mkdtempSync(join(tmpdir(), 'switchyard-running-'));
    announceRunningInstance(folder, { ...instance, pid: 2 ** 22 + 7 }, unexpected);
    expect(readRunningInstance(folder)).toBeNull();
    writeFileSync(join(folder, 'running.json'), '{');
    expect(readRunningInstance(folder)).toBeNull();
  });
});
