import { describe, expect, it } from 'vitest';
import { changedValues } from '../../../electron/engine/registry/changed-values.ts';

describe('what an edit of the registry changed', () => {
  it('is told by path, with what was added and taken out on one side alone', () => {
    const before = { models: { claude: { limits: { usd_per_day: 50 }, serves: ['a', 'b'], priority: 2 } }, drills: {} };
    const after = { models: { claude: { limits: { usd_per_day: 80 }, serves: ['b', 'a'] }, gpt: { priority: 3 } } };
    expect(changedValues(before, after)).toEqual({
      before: {
        'models.claude.limits.usd_per_day': 50,
        'models.claude.serves': ['a', 'b'],
        'models.claude.priority': 2,
        drills: {},
      },
      after: {
        'models.claude.limits.usd_per_day': 80,
        'models.claude.serves': ['b', 'a'],
        'models.gpt.priority': 3,
      },
    });
    expect(changedValues(after, after)).toEqual({ before: {}, after: {} });
    expect(changedValues(null, { drills: { enabled: true } })).toEqual({
      before: {},
      after: { 'drills.enabled': true },
    });
  });

  it('keeps no password and no webhook address', () => {
    const { after } = changedValues(null, {
      models: { kimi: { endpoint: 'http://user:hidden-1@kimi:8000/v1?token=hidden-2' } },
      notify: { webhook: { url: 'https://hooks.test/services/hidden-3' } },
      storage: { url: 'postgres://switchyard:hidden-4@db/switchyard' },
    });
    expect(after).toEqual({
      'models.kimi.endpoint': 'http://kimi:8000/v1',
      'notify.webhook.url': 'https://hooks.test',
      'storage.url': 'postgres://db/switchyard',
    });
  });
});
