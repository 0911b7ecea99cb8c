/** Thrown for a provider's answer or stream chunk that does not have its vendor's published shape. */
export class MalformedAnswer extends Error {
  constructor(problem: string) {
    super(problem);
    this.name = 'MalformedAnswer';
  }
}
