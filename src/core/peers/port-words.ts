interface DeclaredPort {
  readonly name: string;
  readonly protocol: string;
  readonly exposure: string;
}

/** The ports of a client that peers must reach, for people: `TCP and UDP 30303`. Empty when it has none. */
export function publicPortWords(
  declared: readonly DeclaredPort[],
  ports: Readonly<Record<string, number>>,
): string {
  return declared
    .filter(({ name, exposure }) => exposure === 'public' && ports[name] !== undefined)
    .map(({ name, protocol }) => `${protocol.toUpperCase().replace('+', ' and ')} ${ports[name]}`)
    .join(', ');
}
