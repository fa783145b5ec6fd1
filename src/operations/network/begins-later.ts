/** What there is to say of a local network that was never made; without a full stop. */
export function beginsLater(network: string): string {
  return `the network ${network} begins with the first \`ephemery up\``;
}
