import type { CommandOutcome } from '../base/exec.ts';
import { artifactErrors } from './errors.ts';
import { mustBeFile } from './program-file.ts';
import type { ArtifactSource } from './source.ts';

/** Runs a short command; `runCommand` with the environment filled in. */
export type Execute = (request: {
  readonly command: readonly string[];
  readonly deadlineMs: number;
  readonly folder?: string;
  readonly signal?: AbortSignal;
}) => Promise<CommandOutcome>;

const askDeadlineMs = 20_000;
const unknownVersion = 'unknown';

/** Programs that are on this host already. Their bytes are the host's affair: only the version is pinned. */
export function createPathSource(execute: Execute): ArtifactSource<'path'> {
  return {
    isInstalled: async () => true,
    async obtain({ client, chosen, signal }) {
      const path = await mustBeFile(client, chosen.path);
      const { versionArgs } = chosen;
      const asked =
        versionArgs === undefined ? undefined : await askVersion(execute, [path, ...versionArgs], signal);
      if (asked !== undefined && chosen.version !== undefined && asked !== chosen.version) {
        const facts = { client, wished: chosen.version, actual: asked, path };
        throw artifactErrors.create('EPH-ARTIFACT-VERSION', facts);
      }
      const version = asked ?? chosen.version ?? unknownVersion;
      return { program: { client, version, command: [path] }, pin: { source: 'path', path, version } };
    },
  };
}

async function askVersion(
  execute: Execute,
  command: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const outcome = await execute({
    command,
    deadlineMs: askDeadlineMs,
    ...(signal === undefined ? {} : { signal }),
  });
  if (outcome.outcome !== 'ended' || outcome.exitCode !== 0) return undefined;
  return /\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?/.exec(outcome.stdout + outcome.stderr)?.[0];
}
