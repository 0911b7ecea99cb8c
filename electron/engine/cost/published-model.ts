import type { AdapterKind } from '../../../shared/domain/provider.ts';
import { adapterOfModelName } from '../registry/model-names.ts';

/** A model as its vendor sells it. */
interface PublishedModel {
  adapter: AdapterKind;
  model: string;
}

/**
 * Open weights by the name of their repository, and the API model that is the same. Moonshot's model cards name
 * Kimi-K2-Instruct-0905 as the September update of K2 0711 (https://huggingface.co/moonshotai/Kimi-K2-Instruct-0905); its
 * API sells them as previews of those dates (https://platform.moonshot.ai/docs/pricing/chat).
 */
const OPEN_WEIGHTS: Readonly<Record<string, string>> = {
  'kimi-k2-instruct': 'kimi-k2-0711-preview',
  'kimi-k2-instruct-0905': 'kimi-k2-0905-preview',
};

/**
 * Which model of which API has the list price of `model`: the API's own where one was asked, else the vendor's whose name
 * the model bears, the organisation before a slash and capital letters aside. Null when no vendor is known to sell it.
 */
export function publishedModel(asked: AdapterKind | null, model: string): PublishedModel | null {
  if (asked !== null && asked !== 'vllm' && asked !== 'openai-compatible') return { adapter: asked, model };
  const bare = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  const name = OPEN_WEIGHTS[bare] ?? bare;
  const adapter = adapterOfModelName(name);
  return adapter && { adapter, model: name };
}
