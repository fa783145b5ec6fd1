import { HttpHeader, MediaType, routes, type WireFormat } from '@lodestar/api';
import { servedNamespaces } from '../../../src/mayfly/api/api-methods.ts';
import type { ApiWorld } from './world.ts';

interface RequestParts {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<
    Record<string, string | number | boolean | readonly (string | number)[] | undefined>
  >;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What the library knows of a route, its types forgotten: a table has rows of all of them. */
interface LibraryDefinition {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly req: {
    readonly onlySupport?: WireFormat;
    writeReq?(args: object): RequestParts;
    writeReqJson?(args: object): RequestParts;
    writeReqSsz?(args: object): RequestParts;
  };
  readonly resp: {
    readonly onlySupport?: WireFormat;
    readonly data: {
      toJson(data: unknown, meta: unknown): unknown;
      deserialize(bytes: Uint8Array, meta: unknown): unknown;
    };
    readonly meta: { toJson(meta: unknown): unknown; fromHeaders(headers: Headers): unknown };
  };
}

export interface RouteDefinition extends LibraryDefinition {
  /** An SSZ answer with what its headers say, as the JSON answer has both. */
  decodeSsz(bytes: Uint8Array, headers: Headers): object;
}

export interface Answered {
  readonly status: number;
  readonly text: string;
  readonly bytes: Uint8Array;
  readonly contentType: string | null;
  readonly headers: Headers;
}

/** @throws plain Error for an operation that no namespace has */
export function definitionOf({ setup }: ApiWorld, operation: string): RouteDefinition {
  for (const namespace of servedNamespaces) {
    const all = routes[namespace].getDefinitions(setup.network.config) as unknown as Record<
      string,
      LibraryDefinition
    >;
    const definition = all[operation];
    if (definition === undefined) continue;
    return {
      ...definition,
      decodeSsz: (bytes, headers) => {
        const { data, meta } = definition.resp;
        const told = meta.fromHeaders(readable(headers));
        return { data: data.toJson(data.deserialize(bytes, told), told), ...(meta.toJson(told) as object) };
      },
    };
  }
  throw new Error(`no namespace has ${operation}`);
}

/** The library reads headers through two methods of its own. */
function readable(headers: Headers): Headers {
  return Object.assign(new Headers(headers), {
    getRequired: (name: string) => {
      const value = headers.get(name);
      if (value === null) throw new Error(`the answer has no header ${name}`);
      return value;
    },
    getOrDefault: (name: string, otherwise: string) => headers.get(name) ?? otherwise,
  });
}

interface Asked {
  readonly args?: object | undefined;
  readonly accept?: string;
  readonly body?: 'json' | 'ssz';
}

/** Sends a request as the standard has it, with nothing of a client between. */
export async function ask(world: ApiWorld, definition: RouteDefinition, asked: Asked): Promise<Answered> {
  const { params = {}, query = {}, headers = {}, body } = written(definition, asked);
  const path = definition.url.replace(/\{(\w+)\}/g, (_, name: string) => `${params[name]}`);
  const url = new URL(world.url + path);
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined) url.searchParams.append(name, `${one}`);
  }
  const isSsz = asked.body === 'ssz';
  const response = await fetch(url, {
    method: definition.method,
    headers: {
      ...headers,
      [HttpHeader.Accept]: asked.accept ?? MediaType.json,
      ...(definition.method === 'POST'
        ? { [HttpHeader.ContentType]: isSsz ? MediaType.ssz : MediaType.json }
        : {}),
    },
    ...(definition.method === 'POST'
      ? { body: isSsz ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body ?? []) }
      : {}),
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  const contentType = response.headers.get(HttpHeader.ContentType);
  return { status: response.status, text, bytes, contentType, headers: response.headers };
}

function written({ req }: RouteDefinition, { args = {}, body }: Asked): RequestParts {
  if (req.writeReq !== undefined) return req.writeReq(args);
  const write = body === 'ssz' ? req.writeReqSsz : req.writeReqJson;
  if (write === undefined) throw new Error('the library cannot write this request');
  return write(args);
}
