import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The text of a network file that is nobody's: it began in 2025, and has its releases from `source`, as YAML. */
function ownNetworkText(source: string): string {
  return `name: own
baseTimeSeconds: 1746544000
baseChainId: 7000000
periodSeconds: 86400
genesisDelaySeconds: 300
genesisForkVersion: "0x1000aabb"
releaseSources: [${source}]
`;
}

/** A configuration of the node `home`, or of what `nodes` says, on the network that `ownNetworkText` has in a file beside it. */
export function ownConfigText(
  nodes = `  home:
    network: own
    execution: { client: geth }
    consensus: { client: lighthouse }
`,
): string {
  return `version: 1
networks: { own: { file: ./network.yaml } }
nodes:
${nodes}`;
}

/** Releases that never come. */
const noReleases = '{ kind: directory, path: ./none }';

/** Writes network and configuration into a folder; the configuration's path. */
export async function writeOwnHome(
  folder: string,
  { source = noReleases, config = ownConfigText() }: { source?: string; config?: string } = {},
): Promise<string> {
  await writeFile(join(folder, 'network.yaml'), ownNetworkText(source));
  const file = join(folder, 'ephemery.yaml');
  await writeFile(file, config);
  return file;
}
