import { userInfo } from 'node:os';
import { UsageError } from './command.ts';

/** Who acts: as given, else the user of the machine. Throws `UsageError` for a user without a name. */
export function operatorName(given: string | undefined): string {
  if (given !== undefined) return given;
  try {
    return userInfo().username;
  } catch {
    throw new UsageError('--operator is needed: this user has no name');
  }
}
