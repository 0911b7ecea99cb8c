/** So many characters that have come before at the same distance are no chance. */
const EVIDENCE = 12;

/**
 * Whether a text that seems to say the end of an answer again rather goes on with it, as tables, lists and rows of code do:
 * what was sent has been repeating itself already, at the distance that would be left out or at an even part of it. `ending`
 * is the end of `sent` that the text begins with, `asked` the word that it was asked to begin with.
 */
export function isRefrain(sent: string, ending: string, asked: string): boolean {
  if (!ending.startsWith(asked)) return false;
  const distance = ending.length - asked.length;
  const end = sent.slice(-EVIDENCE);
  for (let period = 1; period <= distance && period <= sent.length - EVIDENCE; period += 1) {
    if (distance % period === 0 && sent.endsWith(end, sent.length - period)) return true;
  }
  return false;
}
