/** The API that makes a vendor's embeddings (https://platform.openai.com/docs/guides/embeddings); null when none does. */
export function adapterOfEmbeddingModel(model: string): 'openai' | null {
  return model.startsWith('text-embedding-') ? 'openai' : null;
}

/** The API that a plain model id belongs to, by its prefix; null when none does. */
export function adapterOfModelName(model: string): 'anthropic' | 'openai' | 'moonshot' | 'xai' | null {
  if (model.startsWith('claude-')) return 'anthropic';
  if (model.startsWith('grok-')) return 'xai';
  if (model.startsWith('kimi-') || model.startsWith('moonshot-')) return 'moonshot';
  if (model.startsWith('gpt-') || /^o[1-9]/.test(model)) return 'openai';
  return null;
}
