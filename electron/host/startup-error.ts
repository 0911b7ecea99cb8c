/** What keeps a host from starting, in one sentence that names the thing and the way out. */
export class StartupError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartupError';
  }
}

/** An address that one of the host's servers is to listen on. */
export interface Port {
  name: 'gateway' | 'console';
  host: string;
  port: number;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Words for a port that cannot be had; other errors come back as they are. */
export function describeListenError(error: unknown, { name, host, port }: Port): unknown {
  switch (codeOf(error)) {
    case 'EADDRINUSE':
      return new StartupError(
        `Port ${port} is in use: stop what listens there, or choose another with --${name}-port (0 picks a free one).`,
      );
    case 'EACCES':
      return new StartupError(
        `Port ${port} may not be opened by this user: choose one above 1023 with --${name}-port.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartupError(`The address ${host} is not one of this machine: choose another with --host.`);
    default:
      return error;
  }
}

/** Words for a data directory that cannot be used; other errors come back as they are. */
export function describeDirectoryError(error: unknown, directory: string): unknown {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'may not be written by this user',
    EPERM: 'may not be written by this user',
    EROFS: 'is on a read-only file system',
    ENOTDIR: 'lies below a file that is no folder',
    EEXIST: 'is a file and no folder',
    ENOSPC: 'is on a full disk',
    ENOENT: 'cannot be made',
  };
  const reason = reasons[codeOf(error) ?? ''];
  if (reason === undefined) return error;
  return new StartupError(`The data directory ${directory} ${reason}: choose another with --data.`);
}
