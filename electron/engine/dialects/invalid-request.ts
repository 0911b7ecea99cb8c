/** Thrown for a request body that cannot be understood; `message` names the field and is fit for the caller. */
export class InvalidRequest extends Error {
  /** Path of the field, such as `messages[2].content`; null when the body as a whole is wrong. */
  readonly param: string | null;

  constructor(param: string | null, problem: string) {
    super(param === null ? problem : `${param}: ${problem}`);
    this.name = 'InvalidRequest';
    this.param = param;
  }
}
