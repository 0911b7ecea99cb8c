/**
 * A long identifier cut to `keep` characters of its beginning and four of its end: `req_01JCXW…9F3K`. Short ones stay
 * whole. The cut form is for the eye only; copying and links use the whole.
 */
export function shortenId(id: string, keep = 8): string {
  return id.length <= keep + 6 ? id : `${id.slice(0, keep)}…${id.slice(-4)}`;
}

/** The number of an address such as `?incident=12`; null where it is none. */
export function parseId(text: string): number | null {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}
