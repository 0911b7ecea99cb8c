/** More of what somebody wrote is not repeated to them. */
const MAXIMUM_CHARACTERS = 80;

/** A text without its end where it is long: at most 80 characters, cut between characters and marked with `…`. */
export function shorten(text: string): string {
  if (text.length <= MAXIMUM_CHARACTERS) return text;
  const kept = text.slice(0, MAXIMUM_CHARACTERS - 1);
  // The half of a character that two code units make is none.
  return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
}

/** What a caller wrote, in quotes and shortened, as an error sentence repeats it. One line, whatever was written. */
export function quote(text: string): string {
  return `"${shorten(text).replaceAll(/\s+/g, ' ')}"`;
}
