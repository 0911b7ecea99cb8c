/** A piece of text that connects something to the gateway. */
export interface Snippet {
  id: string;
  label: string;
  text: string;
}

/** What stands for the key where one is needed; where none is, the SDKs still insist on a text. */
const KEY_NEEDED = 'SWITCHYARD_KEY';

/**
 * How the usual clients are pointed at a gateway. OpenAI's take the address with `/v1`, Anthropic's without it, as their
 * SDKs add paths of their own (https://github.com/openai/openai-python, https://github.com/anthropics/anthropic-sdk-python).
 */
export function clientSnippets(gatewayUrl: string, keyRequired: boolean): Snippet[] {
  const python = keyRequired ? `os.environ["${KEY_NEEDED}"]` : '"unused"';
  const node = keyRequired ? `process.env.${KEY_NEEDED}` : "'unused'";
  const imports = (name: string) => (keyRequired ? `import os\nimport ${name}` : `import ${name}`);
  const bearer = keyRequired ? ` \\\n  -H "authorization: Bearer $${KEY_NEEDED}"` : '';
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Who answers?' }] });
  return [
    {
      id: 'openai-python',
      label: 'OpenAI Python',
      text: `${imports('openai')}\n\nclient = openai.OpenAI(base_url="${gatewayUrl}/v1", api_key=${python})\nanswer = client.chat.completions.create(\n    model="auto",\n    messages=[{"role": "user", "content": "Who answers?"}],\n)`,
    },
    {
      id: 'anthropic-python',
      label: 'Anthropic Python',
      text: `${imports('anthropic')}\n\nclient = anthropic.Anthropic(base_url="${gatewayUrl}", api_key=${python})\nanswer = client.messages.create(\n    model="auto",\n    max_tokens=1024,\n    messages=[{"role": "user", "content": "Who answers?"}],\n)`,
    },
    {
      id: 'openai-node',
      label: 'OpenAI Node',
      text: `import OpenAI from 'openai';\n\nconst client = new OpenAI({ baseURL: '${gatewayUrl}/v1', apiKey: ${node} });\nconst answer = await client.chat.completions.create({\n  model: 'auto',\n  messages: [{ role: 'user', content: 'Who answers?' }],\n});`,
    },
    {
      id: 'anthropic-node',
      label: 'Anthropic Node',
      text: `import Anthropic from '@anthropic-ai/sdk';\n\nconst client = new Anthropic({ baseURL: '${gatewayUrl}', apiKey: ${node} });\nconst answer = await client.messages.create({\n  model: 'auto',\n  max_tokens: 1024,\n  messages: [{ role: 'user', content: 'Who answers?' }],\n});`,
    },
    {
      id: 'curl',
      label: 'curl',
      text: `curl ${gatewayUrl}/v1/chat/completions \\\n  -H "content-type: application/json"${bearer} \\\n  -d '${body}'`,
    },
    {
      id: 'environment',
      label: 'env',
      text: `export OPENAI_BASE_URL=${gatewayUrl}/v1\nexport ANTHROPIC_BASE_URL=${gatewayUrl}`,
    },
  ];
}
