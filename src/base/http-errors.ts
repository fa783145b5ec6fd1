import { defineErrors, error } from './errors.ts';

/** What can go wrong with a request to somebody else's HTTP server. No message holds credentials or a query. */
export const httpErrors = defineErrors({
  'EPH-HTTP-URL': error<{ url: string; problem: string }>({
    meaning: 'An address cannot be asked: it is malformed, or neither http nor https.',
    message: ({ url, problem }) => `Cannot ask ${url}: ${problem}.`,
    remedy: () => 'Give an http or https address.',
  }),
  'EPH-HTTP-PROXY': error<{ variable: string }>({
    meaning: 'The proxy of the environment is no address of one.',
    message: ({ variable }) => `${variable} in the environment is no http or https address.`,
    remedy: ({ variable }) =>
      `Write it as ${variable}=http://host:port, with user:password@ before the host if needed.`,
  }),
  'EPH-HTTP-REDIRECT': error<{ url: string; problem: string }>({
    meaning: 'A server redirected too often, to nowhere, or from https to http.',
    message: ({ url, problem }) => `${url} redirects in a way that is not followed: ${problem}.`,
    remedy: () => 'Check the address. If it is right, the server is at fault: try later.',
  }),
  'EPH-HTTP-UNREACHABLE': error<{ url: string; problem: string }>({
    meaning: 'A server did not answer: no route, refused, reset, a failed name look-up or TLS handshake.',
    message: ({ url, problem }) => `${url} did not answer: ${problem}.`,
    remedy: () =>
      'Check the network connection, name resolution and, if one is needed, HTTPS_PROXY in the environment.',
  }),
  'EPH-HTTP-TIMEOUT': error<{ url: string; problem: string }>({
    meaning: 'A server was too slow to answer or to send.',
    message: ({ url, problem }) => `${url} is too slow: ${problem}.`,
    remedy: () => 'It is tried again by itself. If it stays slow, check the network connection.',
  }),
  'EPH-HTTP-BODY': error<{ url: string; problem: string }>({
    meaning: 'An answer broke off, was longer than allowed or announced, or was encoded unasked.',
    message: ({ url, problem }) => `The answer of ${url} cannot be used: ${problem}.`,
    remedy: () => 'It is tried again by itself. If it stays so, the server or a proxy is at fault.',
  }),
});
