import { defineErrors, error } from '../../base/errors.ts';

/** What can go wrong with a Keymanager API. No message holds a password or a token. */
export const keymanagerErrors = defineErrors({
  'EPH-KEYMANAGER-TOKEN-FILE': error<{ path: string; problem: string }>({
    meaning: 'The file with the token of a keymanager API cannot be used.',
    message: ({ path, problem }) => `The token of the keymanager API in ${path} cannot be used: ${problem}.`,
    remedy: ({ path }) =>
      `It must be a file of one line that only its owner can read: \`chmod 600 ${path}\`, or start the client once more.`,
  }),
  'EPH-KEYMANAGER-TOKEN-REFUSED': error<{ url: string; status: number }>({
    meaning: 'A keymanager API does not take the token.',
    message: ({ url, status }) => `${url} does not take the token (status ${status}).`,
    remedy: () =>
      'The client was started with another token file, or something else listens there. Start the validator client again.',
  }),
  'EPH-KEYMANAGER-NOT-FOUND': error<{ url: string; asked: string; reason: string }>({
    meaning: 'A client does not know the key, or does not serve this part of the keymanager API.',
    message: ({ url, asked, reason }) => `${url} does not know ${asked}: ${reason}.`,
    remedy: () =>
      'Look with `ephemery validators keys` which keys the client has; what it serves stands in its page of the reference.',
  }),
  'EPH-KEYMANAGER-REFUSED': error<{ url: string; asked: string; status: number; reason: string }>({
    meaning: 'A client refuses a request of the keymanager API.',
    message: ({ url, asked, status, reason }) => `${url} refuses ${asked} (status ${status}): ${reason}.`,
    remedy: () => "The reason is the client's own; its log may say more.",
  }),
  'EPH-KEYMANAGER-REPLY': error<{ url: string; asked: string; problem: string }>({
    meaning: 'A client answers a request of the keymanager API with something else than the standard says.',
    message: ({ url, asked, problem }) => `The answer of ${url} to ${asked} cannot be used: ${problem}.`,
    remedy: () => 'See that a validator client of the catalogue, in a version of it, listens there.',
  }),
});
