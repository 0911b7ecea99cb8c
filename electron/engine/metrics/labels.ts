/** The label of everything that is not in the registry, so that no caller can make the number of series grow. */
const OTHER = 'other';

/** Keeps a `model_name` to the registry's entries. */
export function boundedName(name: string | null, known: readonly string[]): string {
  return name !== null && known.includes(name) ? name : OTHER;
}
