import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactHost } from './artifact-host.ts';

/** Publishes an archive as the execution client's program, and writes a configuration that has it from there. */
export async function publishAsExecution(
  archive: Buffer,
  at: { readonly host: ArtifactHost; readonly path: string; readonly folder: string },
): Promise<void> {
  const sha256 = createHash('sha256').update(archive).digest('hex');
  const url = at.host.publish(at.path, archive);
  const artifact = `{ kind: archive, url: "${url}", bin: client, sha256: "${sha256}" }`;
  await writeFile(
    join(at.folder, 'ephemery.yaml'),
    `version: 1
nodes:
  home:
    network: devnet
    execution: { client: ethereumjs, version: "1.0.0", artifact: ${artifact} }
    consensus: { client: mayfly }
`,
  );
}
