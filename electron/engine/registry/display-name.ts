/** Words of provider names that are written otherwise than by a capital letter. */
const SPELLINGS: Readonly<Record<string, string>> = {
  ai: 'AI',
  api: 'API',
  gpt4: 'GPT-4',
  gpt5: 'GPT-5',
  k2: 'K2',
  openai: 'OpenAI',
  vllm: 'vLLM',
  xai: 'xAI',
};

/** A registry name as people write it: `kimi_k2_self_hosted` is "Kimi K2 self-hosted". */
export function displayName(name: string): string {
  const words = name
    .replace(/self[_-]hosted/g, 'self~hosted')
    .split(/[_\s-]+/)
    .filter((word) => word !== '');
  return words.map((word, index) => spelled(word, index)).join(' ');
}

function spelled(word: string, index: number): string {
  const known = SPELLINGS[word.toLowerCase()];
  if (known !== undefined) return known;
  const plain = word.replaceAll('~', '-');
  return index > 0 && plain === 'self-hosted' ? plain : plain.charAt(0).toUpperCase() + plain.slice(1);
}
