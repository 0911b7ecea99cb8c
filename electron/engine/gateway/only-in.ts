import { listOf, objectOf, textOf } from '../dialects/json.ts';
import type { ChatRequest, ContentPart, JsonValue } from '../dialects/types.ts';
import type { OnlyIn } from '../router/types.ts';

/**
 * What a request holds that only the caller's dialect can say; null where all of it can be carried across. A tool that the
 * vendor runs itself counts where it is the only one: beside tools of the caller's it is left out and reported.
 */
export function onlyInDialect(request: ChatRequest): OnlyIn | null {
  const what =
    opaqueKind(request.messages.flatMap((message) => message.content)) ??
    opaqueKind(request.system) ??
    vendorTool(request) ??
    vendorField(request);
  return what === null ? null : { dialect: request.dialect, what };
}

function opaqueKind(parts: readonly ContentPart[]): string | null {
  for (const part of parts) {
    if (part.type === 'opaque') return `${part.kind} part`;
    const inside = part.type === 'tool_result' ? opaqueKind(part.content) : null;
    if (inside !== null) return inside;
  }
  return null;
}

function vendorTool(request: ChatRequest): string | null {
  const [tool] = listOf(request.raw['tools']);
  if (request.tools.length > 0 || tool === undefined) return null;
  return `tool ${textOf(objectOf(tool)?.['type']) ?? 'of an unknown type'}`;
}

/** Fields that change what the answer is. OpenAI's `functions` are answered in a form of their own. */
const VENDOR_FIELDS = {
  anthropic: { mcp_servers: 'MCP servers' },
  openai: { functions: 'functions (tools are their successor)' },
} as const satisfies Record<ChatRequest['dialect'], Record<string, string>>;

function vendorField({ dialect, raw }: ChatRequest): string | null {
  const isSet = (value: JsonValue | undefined) => Array.isArray(value) && value.length > 0;
  return Object.entries(VENDOR_FIELDS[dialect]).find(([field]) => isSet(raw[field]))?.[1] ?? null;
}
