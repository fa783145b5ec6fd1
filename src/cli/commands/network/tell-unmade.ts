import type { CommandContext } from '../../command.ts';

/** Says of a local network that was never made that it begins with the first `up`; false of every other network. */
export async function tellUnmade(
  { output, config, services }: CommandContext,
  name: string | undefined,
): Promise<boolean> {
  const [{ unmadeNetwork }, { beginsLater }] = await Promise.all([
    import('../../../operations/network/known-network.ts'),
    import('../../../operations/network/begins-later.ts'),
  ]);
  const network = await unmadeNetwork(await services(), { network: name, config });
  if (network === undefined) return false;
  output.result({ network, isMade: false }, () => `Nothing to show yet: ${beginsLater(network)}.`);
  return true;
}
