/** A text to be saved or sent, such as a report. */
export interface TextDocument {
  /** File name with its ending. */
  name: string;
  /** Without parameters; the text is UTF-8. */
  mediaType: string;
  text: string;
}
