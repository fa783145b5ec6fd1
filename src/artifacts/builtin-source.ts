import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ownVersion } from './choose-artifact.ts';
import { artifactErrors } from './errors.ts';
import { dependency, ownName, ownPackage } from './own-package.ts';
import { mustBeFile } from './program-file.ts';
import type { ArtifactSource } from './source.ts';

/** Programs of this package and of its dependencies: there as soon as we are, in one exact version. */
export function createBuiltinSource(nodePath: string): ArtifactSource<'builtin'> {
  return {
    isInstalled: async () => true,
    async obtain({ client, chosen }) {
      const own = await ownPackage();
      const found = chosen.package === ownName ? own : await dependency(chosen.package, own);
      if (found === undefined) {
        throw artifactErrors.create('EPH-ARTIFACT-PROGRAM-MISSING', { client, path: chosen.package });
      }
      const expected = chosen.version === ownVersion ? own.version : chosen.version;
      if (found.version !== expected) {
        const facts = { client, wished: expected, actual: found.version, path: found.folder };
        throw artifactErrors.create('EPH-ARTIFACT-VERSION', facts);
      }
      const program = await mustBeFile(client, join(found.folder, chosen.bin));
      const preload =
        chosen.preload === undefined ? undefined : await mustBeFile(client, join(own.folder, chosen.preload));
      const loadFirst = preload === undefined ? [] : ['--import', pathToFileURL(preload).href];
      return {
        program: { client, version: found.version, command: [nodePath, ...loadFirst, program] },
        pin: { source: 'builtin', package: chosen.package, version: found.version },
      };
    },
  };
}
