import type { IncomingMessage, ServerResponse } from 'node:http';
import { isEphemeryError, reasonOf } from '../../base/errors.ts';
import { type FaultBoard, parseFaults } from './faults.ts';
import type { Shelf } from './shelf.ts';

const mostBytes = 64 * 1024;

interface Control {
  readonly shelf: Shelf;
  readonly board: FaultBoard;
  readonly route: 'faults' | 'releases';
}

/**
 * The releaser's own paths: `GET /releaser/v1/releases`; `GET`, `PUT` (a JSON list) and `DELETE`
 * `/releaser/v1/faults`. Only a JSON content type is taken, which a web page cannot send unasked.
 */
export async function answerControl(
  request: IncomingMessage,
  response: ServerResponse,
  { shelf, board, route }: Control,
): Promise<void> {
  const method = request.method ?? 'GET';
  if (route === 'releases') {
    if (method !== 'GET') return json(response, 405, { error: 'only GET is known here' });
    return json(response, 200, { tags: await shelf.tags() });
  }
  if (method === 'DELETE') board.set([]);
  if (method === 'PUT') {
    const isJson = /^application\/json\b/.test(request.headers['content-type'] ?? '');
    if (!isJson) return json(response, 415, { error: 'send application/json' });
    try {
      board.set(parseFaults(JSON.parse(await readBody(request))));
    } catch (thrown) {
      const code = isEphemeryError(thrown) ? { code: thrown.code } : {};
      return json(response, 400, { ...code, error: reasonOf(thrown) });
    }
  }
  if (!['GET', 'PUT', 'DELETE'].includes(method)) return json(response, 405, { error: 'no such method' });
  json(response, 200, { faults: board.list() });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > mostBytes) throw new Error('the list is too long');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}
