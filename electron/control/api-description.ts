import { type OpenAPI, OpenAPIGenerator } from '@orpc/openapi';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { contract } from '../../shared/contract/contract.ts';

/** What the console answers before, or whatever, a call says: no part of the contract, and true of every call. */
const REFUSALS = {
  401: 'The console token is missing or wrong.',
  403: 'The Host is not one of the console, or a change comes from another web page.',
  413: 'The body is larger than 1 MB.',
  429: 'Too many of these changes in a minute.',
  500: 'A defect; the log says what.',
} as const;

const REFUSAL_SCHEMA = {
  type: 'object',
  properties: {
    defined: { type: 'boolean' },
    code: { type: 'string' },
    status: { type: 'integer' },
    message: { type: 'string' },
  },
  required: ['defined', 'code', 'status', 'message'],
} as const satisfies OpenAPI.SchemaObject;

/** Media types by the word that `format` has for them. */
const DOCUMENT_TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  md: 'text/markdown',
  html: 'text/html',
};

/** The OpenAPI description of the contract, as served at `/api/openapi.json`. */
export async function describeRestApi(version: string): Promise<object> {
  const generator = new OpenAPIGenerator({ schemaConverters: [new ZodToJsonSchemaConverter()] });
  const description = await generator.generate(contract, {
    info: {
      title: 'Switchyard console API',
      version,
      description: 'Live picture, operations and history of a running Switchyard. Times are epoch milliseconds (UTC).',
    },
    servers: [{ url: '/api' }],
    security: [{ consoleToken: [] }],
    components: {
      securitySchemes: { consoleToken: { type: 'http', scheme: 'bearer' } },
      schemas: { Refusal: REFUSAL_SCHEMA },
    },
  });
  for (const path of Object.values(description.paths ?? {})) {
    for (const method of ['get', 'post', 'put', 'delete'] as const) {
      const operation = path?.[method];
      if (operation) describeAnswers(operation);
    }
  }
  return description;
}

function describeAnswers(operation: OpenAPI.OperationObject): void {
  const responses = (operation.responses ??= {});
  for (const [status, description] of Object.entries(REFUSALS)) {
    responses[status] ??= {
      description,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
    };
  }
  const success = responses['200'];
  const formats = formatsOf(operation);
  if (formats.length === 0 || !success || !('content' in success)) return;
  success.content = Object.fromEntries(
    formats.map((format) => [DOCUMENT_TYPES[format] ?? '*/*', { schema: format === 'json' ? {} : { type: 'string' } }]),
  );
}

/** The words that a call which answers with a document takes as its `format`; empty for any other call. */
function formatsOf({ parameters = [] }: OpenAPI.OperationObject): string[] {
  for (const parameter of parameters) {
    if (!('name' in parameter) || parameter.name !== 'format' || !parameter.schema) continue;
    const { enum: words } = parameter.schema as { enum?: unknown };
    return Array.isArray(words) ? words.filter((word) => typeof word === 'string') : [];
  }
  return [];
}
