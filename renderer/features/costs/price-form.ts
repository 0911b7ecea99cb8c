import type { RangeQuery } from '../../../shared/domain/history.ts';
import type { PriceApplication } from '../../../shared/domain/pricing.ts';

/** What stands in the fields, as typed. Rates are USD per million tokens; cached ones may stay empty. */
export interface PriceForm {
  model: string;
  input: string;
  output: string;
  cacheRead: string;
  cacheWrite: string;
  scope: PriceScope;
}

/** `range` is what the page shows; `stored` is all that is still stored. */
type PriceScope = 'range' | 'stored';

/** A rate as typed: not below zero, with a point or a comma. Null for anything else. */
export function readRate(text: string): number | null {
  const trimmed = text.trim().replace(',', '.');
  if (!/^\d+(\.\d*)?$|^\.\d+$/.test(trimmed)) return null;
  return Number(trimmed);
}

/** True for a field that may stay empty and is, or holds a rate. */
export function isOptionalRate(text: string): boolean {
  return text.trim() === '' || readRate(text) !== null;
}

/** The call without who and why; null while a rate is missing or none. */
export function priceInput(
  form: PriceForm,
  range: RangeQuery,
): Pick<PriceApplication, 'model' | 'pricing' | 'since' | 'until'> | null {
  const input = readRate(form.input);
  const output = readRate(form.output);
  if (form.model === '' || input === null || output === null) return null;
  if (!isOptionalRate(form.cacheRead) || !isOptionalRate(form.cacheWrite)) return null;
  const cacheRead = readRate(form.cacheRead);
  const cacheWrite = readRate(form.cacheWrite);
  return {
    model: form.model,
    pricing: {
      input,
      output,
      ...(cacheRead === null ? {} : { cache_read: cacheRead }),
      ...(cacheWrite === null ? {} : { cache_write: cacheWrite }),
    },
    ...(form.scope === 'range' ? range : {}),
  };
}
