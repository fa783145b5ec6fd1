import type { Dispatcher } from 'undici';
import { untilAborted } from './bound-signal.ts';
import { type Clock, systemClock } from './clock.ts';
import { isEphemeryError, messageOf } from './errors.ts';
import { httpErrors } from './http-errors.ts';
import { displayUrl, parseHttpUrl, redirectTarget } from './http-url.ts';

export interface HttpRequest {
  readonly url: string;
  /** A redirect is followed for GET and HEAD; for the others, which change something, it is the answer. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Sent with a POST or PUT. */
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Until the answer's headers are there, for each hop; 15 s unless told. */
  readonly headersTimeoutMs?: number;
  /** Between two pieces of the body; 15 s unless told. */
  readonly idleTimeoutMs?: number;
  /** At most 5 unless told. `same-host` hands a redirect to another host back as the answer, `none` any. */
  readonly redirects?: number | 'same-host' | 'none';
}

export interface HttpAnswer {
  readonly status: number;
  /** The address that answered, after redirects. */
  readonly url: string;
  header(name: string): string | undefined;
  /** The body as it comes. Throws EPH-HTTP-BODY or EPH-HTTP-TIMEOUT when it breaks off or stalls. */
  body(): AsyncIterable<Uint8Array>;
  /** Gives the connection back without reading the body. Call it whenever `body` is not read to its end. */
  discard(): void;
}

/** What was seen of a server's clock with one answer. */
export interface HttpExchange {
  readonly host: string;
  readonly date: string | undefined;
  /** The answer came from a cache and is this old, seconds. */
  readonly ageSeconds: number;
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
}

export interface HttpClientOptions {
  readonly clock?: Clock;
  /** Proxies are taken from here: HTTP_PROXY, HTTPS_PROXY, NO_PROXY in either case. The process's own unless told. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly userAgent?: string;
  /** Called with every answer's date, for measuring the clock. */
  readonly onExchange?: (exchange: HttpExchange) => void;
}

const mostRedirects = 5;
const defaultTimeoutMs = 15_000;

/** Asks other people's HTTP servers: redirects, deadlines and proxies in one place. Loads its library on first use. */
export class HttpClient {
  private readonly options: HttpClientOptions;
  private readonly clock: Clock;
  private dispatcher: Promise<Dispatcher> | undefined;

  constructor(options: HttpClientOptions = {}) {
    this.options = options;
    this.clock = options.clock ?? systemClock;
  }

  /**
   * Sends a request and follows redirects; any final status is an answer. Throws EPH-HTTP-* errors, or the
   * signal's reason.
   */
  async request(request: HttpRequest): Promise<HttpAnswer> {
    let url = parseHttpUrl(request.url);
    const most = typeof request.redirects === 'number' ? request.redirects : mostRedirects;
    for (let hop = 0; ; hop++) {
      const answer = await this.hop(url, request);
      const location = answer.header('location');
      const redirected = [301, 302, 303, 307, 308].includes(answer.status);
      if (!redirected || !['GET', 'HEAD'].includes(request.method ?? 'GET')) return answer;
      if (request.redirects === 'none') return answer;
      if (request.redirects === 'same-host' && location !== undefined && leaves(url, location)) return answer;
      answer.discard();
      if (hop >= most) {
        const facts = { url: displayUrl(request.url), problem: `more than ${most} times` };
        throw httpErrors.create('EPH-HTTP-REDIRECT', facts);
      }
      url = redirectTarget(url, location);
    }
  }

  /** Closes idle connections, so that nothing keeps the process alive. */
  async close(): Promise<void> {
    await (await this.dispatcher)?.destroy();
    this.dispatcher = undefined;
  }

  private async hop(url: URL, request: HttpRequest): Promise<HttpAnswer> {
    this.dispatcher ??= openDispatcher(proxySettings(this.options.environment ?? process.env));
    const askedAtMs = this.clock.nowMs();
    try {
      const { request: send } = await import('undici');
      const { signal } = request;
      const sent = send(url.origin + url.pathname + url.search, {
        dispatcher: await this.dispatcher,
        method: request.method ?? 'GET',
        ...(request.body === undefined ? {} : { body: request.body }),
        headers: this.headersFor(url, request),
        headersTimeout: request.headersTimeoutMs ?? defaultTimeoutMs,
        bodyTimeout: request.idleTimeoutMs ?? defaultTimeoutMs,
        ...(signal === undefined ? {} : { signal }),
      });
      // While a proxy opens no tunnel, the library does not hear the signal.
      const answer = await (signal === undefined ? sent : untilAborted(sent, signal));
      const opened = openAnswer(url, answer, signal);
      this.report(url, opened, askedAtMs);
      return opened;
    } catch (thrown) {
      throw explained(thrown, url, { signal: request.signal, bodyBegan: false });
    }
  }

  private headersFor(url: URL, request: HttpRequest): Record<string, string> {
    const { username, password } = url;
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return {
      'user-agent': this.options.userAgent ?? 'ephemery-node',
      'accept-encoding': 'identity',
      ...(username === '' ? {} : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
      ...request.headers,
    };
  }

  private report(url: URL, answer: HttpAnswer, askedAtMs: number): void {
    this.options.onExchange?.({
      host: url.host,
      date: answer.header('date'),
      ageSeconds: Number(answer.header('age') ?? 0) || 0,
      askedAtMs,
      answeredAtMs: this.clock.nowMs(),
    });
  }
}

interface ProxySettings {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/** What the environment says of proxies. Throws EPH-HTTP-PROXY, which never tells the address: it may hold a password. */
function proxySettings(environment: Readonly<Record<string, string | undefined>>): ProxySettings {
  const read = (name: string) => environment[name.toLowerCase()] ?? environment[name] ?? '';
  const proxy = (variable: 'HTTP_PROXY' | 'HTTPS_PROXY') => {
    const address = read(variable);
    const protocol = URL.canParse(address) ? new URL(address).protocol : '';
    if (address !== '' && protocol !== 'http:' && protocol !== 'https:')
      throw httpErrors.create('EPH-HTTP-PROXY', { variable });
    return address;
  };
  // Loopback is never reached through a proxy: it would be the proxy's own.
  const noProxy = ['localhost', '127.0.0.1', '[::1]', read('NO_PROXY')].filter((host) => host !== '');
  return {
    httpProxy: proxy('HTTP_PROXY'),
    httpsProxy: proxy('HTTPS_PROXY'),
    noProxy: read('NO_PROXY').trim() === '*' ? '*' : noProxy.join(','),
  };
}

async function openDispatcher(settings: ProxySettings): Promise<Dispatcher> {
  const { EnvHttpProxyAgent } = await import('undici');
  return new EnvHttpProxyAgent({ connect: { timeout: defaultTimeoutMs }, ...settings });
}

function leaves(from: URL, location: string): boolean {
  return URL.canParse(location, from.href) && new URL(location, from).host !== from.host;
}

function openAnswer(url: URL, answer: Dispatcher.ResponseData, signal: AbortSignal | undefined): HttpAnswer {
  const header = (name: string) => {
    const value = answer.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  return {
    status: answer.statusCode,
    url: url.href,
    header,
    body: () => readBody(url, answer, signal),
    discard: () => {
      answer.body.on('error', () => undefined);
      answer.body.destroy();
    },
  };
}

async function* readBody(
  url: URL,
  answer: Dispatcher.ResponseData,
  signal: AbortSignal | undefined,
): AsyncIterable<Uint8Array> {
  const encoding = answer.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    answer.body.on('error', () => undefined).destroy();
    const problem = 'it is compressed although that was not asked for';
    throw httpErrors.create('EPH-HTTP-BODY', { url: displayUrl(url), problem });
  }
  try {
    for await (const chunk of answer.body) yield chunk;
  } catch (thrown) {
    throw explained(thrown, url, { signal, bodyBegan: true });
  }
}

/** Our error for one of the library's; the signal's own reason when it was aborted. */
function explained(
  thrown: unknown,
  url: URL,
  context: { readonly signal: AbortSignal | undefined; readonly bodyBegan: boolean },
): unknown {
  const { signal, bodyBegan } = context;
  if (signal?.aborted) return signal.reason;
  if (isEphemeryError(thrown)) return thrown;
  const facts = { url: displayUrl(url), problem: messageOf(thrown).split('\n')[0] ?? '' };
  const name = thrown instanceof Error ? thrown.name : '';
  if (name.endsWith('TimeoutError')) return httpErrors.create('EPH-HTTP-TIMEOUT', facts, thrown);
  return httpErrors.create(bodyBegan ? 'EPH-HTTP-BODY' : 'EPH-HTTP-UNREACHABLE', facts, thrown);
}
