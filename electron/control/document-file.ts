import type { TextDocument } from '../engine/text-document.ts';

/** A document of the engine as every transport carries it: over REST it is a download under its own name. */
export function toFile({ name, mediaType, text }: TextDocument): File {
  return new File([text], name, { type: `${mediaType};charset=utf-8` });
}
