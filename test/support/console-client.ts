import type { ConsoleClient } from '../../renderer/api/client.ts';
import type { ConsoleFixture } from './console-fixtures.ts';

type Call = (input: unknown) => Promise<unknown>;

/** Calls that a fake client answers, by path such as `override.set`. */
export type FakeCalls = Readonly<Record<string, Call>>;

/** A client that answers from memory; a call that nobody prepared rejects with its name. */
export function fakeClient(calls: FakeCalls): ConsoleClient {
  return branch([]) as ConsoleClient;

  function branch(path: string[]): unknown {
    return new Proxy(
      async (input: unknown) => {
        const call = calls[path.join('.')];
        if (!call) throw new Error(`No answer was prepared for ${path.join('.')}.`);
        return call(input);
      },
      {
        get: (_target, key) => (typeof key === 'string' && key !== 'then' ? branch([...path, key]) : undefined),
      },
    );
  }
}

/** The historical answers of a fixture. */
export function fixtureCalls(fixture: ConsoleFixture): FakeCalls {
  return {
    fallbacks: async () => fixture.fallbacks,
    series: async () => fixture.series,
    'providers.probe': async () => fixture.status?.providers[0],
    'override.set': async () => fixture.status?.override,
    'override.release': async () => ({ released: fixture.status?.override ?? null }),
  };
}
