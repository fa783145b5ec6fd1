/** What a program may know of our own environment: where things are, which language, which proxy. */
const inherited: readonly RegExp[] = [
  /^(PATH|HOME|TMPDIR|TZ|LANG|LC_[A-Z]+)$/,
  /^(HTTP|HTTPS|ALL|NO)_PROXY$/i,
  /^(SSL_CERT_FILE|SSL_CERT_DIR|NODE_EXTRA_CA_CERTS)$/,
];

/** The environment of a child: an allow-list of ours, then the given layers in order. Our secrets stay with us. */
export function childEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  ...given: readonly (Readonly<Record<string, string>> | undefined)[]
): Record<string, string> {
  const kept = Object.entries(own).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && inherited.some((pattern) => pattern.test(entry[0])),
  );
  return Object.assign(Object.fromEntries(kept), ...given);
}
