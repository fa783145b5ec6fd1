import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleFiles, type ReleaseBundle } from '../core/network/bundle.ts';
import { type ConsensusConfig, readConsensusConfig } from '../core/network/consensus-config.ts';

/** The consensus `config.yaml` of a verified release. */
export async function readBundleConfig({
  directory,
}: Pick<ReleaseBundle, 'directory'>): Promise<ConsensusConfig> {
  const { parse } = await import('yaml');
  const text = await readFile(join(directory, bundleFiles.consensusConfig), 'utf8');
  return readConsensusConfig(parse(text, { schema: 'failsafe', maxAliasCount: 20 }));
}
