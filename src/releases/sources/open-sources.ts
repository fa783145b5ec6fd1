import type { NetworkDefinition, ReleaseSourceDefinition } from '../../core/network/definition.ts';
import type { ReleaseSource } from '../release-source.ts';
import { createDirectorySource } from './directory-source.ts';
import { createGithubSource } from './github-source.ts';
import { createMirrorSource } from './mirror-source.ts';
import type { SourceTools } from './source-tools.ts';

/** The sources that a definition names, in its order. */
export function openReleaseSources(
  definition: NetworkDefinition,
  tools: SourceTools,
): readonly ReleaseSource[] {
  return definition.releaseSources.map((source) => openSource(source, tools));
}

function openSource(source: ReleaseSourceDefinition, tools: SourceTools): ReleaseSource {
  switch (source.kind) {
    case 'github':
      return createGithubSource(source.url, tools);
    case 'mirror':
      return createMirrorSource(source.url, tools);
    case 'directory':
      return createDirectorySource(source.path);
  }
}
