import type { RequestSummary } from '../../../shared/domain/request.ts';

/** The request as a command for a terminal: no body is stored, so its text is a placeholder, and the key a variable. */
export function curlOf(request: RequestSummary, gatewayUrl: string): string {
  const anthropic = request.dialect === 'anthropic';
  const url = `${gatewayUrl}${anthropic ? '/v1/messages' : '/v1/chat/completions'}`;
  const body = {
    model: request.requested_model,
    ...(anthropic && { max_tokens: 1024 }),
    ...(request.streamed && { stream: true }),
    messages: [{ role: 'user', content: 'YOUR PROMPT' }],
  };
  const headers = [
    anthropic ? 'x-api-key: $SWITCHYARD_KEY' : 'authorization: Bearer $SWITCHYARD_KEY',
    'content-type: application/json',
    ...(anthropic ? ['anthropic-version: 2023-06-01'] : []),
    ...(request.call_site === null ? [] : [`x-switchyard-call-site: ${request.call_site}`]),
    ...(request.user === null ? [] : [`x-switchyard-user: ${request.user}`]),
  ];
  return [
    `curl ${quoted(url)}`,
    // Double quotes, so that the shell puts the key in.
    ...headers.map((header) => `-H "${header.replaceAll(/["\\`]/g, String.raw`\$&`)}"`),
    `-d ${quoted(JSON.stringify(body))}`,
  ].join(' \\\n  ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
