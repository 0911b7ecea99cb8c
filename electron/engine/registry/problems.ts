import type { RegistryProblem } from './types.ts';

/** One line a problem, as compilers write them: `file:line: path: message`. In the order of the file. */
export function formatProblems(problems: readonly RegistryProblem[], path: string): string {
  return problems
    .toSorted((left, right) => (left.line ?? 0) - (right.line ?? 0))
    .map(({ line, path: key, message }) =>
      [line === null ? path : `${path}:${line}`, ...(key === '' ? [] : [key]), message].join(': '),
    )
    .join('\n');
}
