import { z } from 'zod';

const notedKindSchema = z.enum(['deploy', 'note']);

/** A web address; anything else, such as `javascript:`, is refused, as it is shown as a link. */
const linkSchema = z.url({ protocol: /^https?$/, error: 'link is an http or https address' }).max(2000);

/** Body of `POST /api/annotations`. */
export const annotationRequestSchema = z.object({
  /** Epoch milliseconds, or ISO 8601 with its zone; now when left out. */
  at: z.union([z.number().int().min(0), z.iso.datetime({ offset: true })]).optional(),
  kind: notedKindSchema,
  text: z.string().trim().min(1).max(500),
  operator: z.string().trim().min(1).max(100),
  link: linkSchema.optional(),
});
export type AnnotationRequest = z.infer<typeof annotationRequestSchema>;

/** What somebody noted. */
export interface StoredAnnotation {
  id: number;
  at: number;
  kind: z.infer<typeof notedKindSchema>;
  text: string;
  operator: string;
  link: string | null;
}

/** `config` is a saved registry or environment file, `routing` a version stored in the console. */
const annotationKindSchema = z.enum(['deploy', 'note', 'override', 'config', 'routing', 'alert']);

/** Something that a chart over time should say beside its curves. */
export const annotationSchema = z.object({
  /** Kind and number, such as `override:7`; the same at every asking. */
  id: z.string(),
  kind: annotationKindSchema,
  at: z.number().int(),
  /** When it was over, or will be; null for what happened at a moment, and for an alert that still fires. */
  until: z.number().int().nullable(),
  text: z.string(),
  /** Null for what happened by itself. */
  operator: z.string().nullable(),
  link: z.string().nullable(),
});
export type Annotation = z.infer<typeof annotationSchema>;

/** Answer of `GET /api/annotations`: what touches the range, oldest first. */
export const annotationsSchema = z.object({
  since: z.number().int(),
  until: z.number().int(),
  annotations: z.array(annotationSchema),
  /** True when there was more than the answer holds; the oldest are left out then. */
  truncated: z.boolean(),
});
export type Annotations = z.infer<typeof annotationsSchema>;
