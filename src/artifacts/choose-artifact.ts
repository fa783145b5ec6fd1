import type { ArtifactChoice, PlatformName } from '../core/clients/artifact-choice.ts';
import { filled, formatOf, platformOf } from './archive-pattern.ts';
import type { ArtifactWish, ChosenArtifact } from './artifact.ts';
import { artifactErrors } from './errors.ts';

/** The version that a builtin of this package itself bears, in the catalogue. */
export const ownVersion = 'own';

/** The name of a wish in the lock file: `execution/geth@1.17.6`, `image:execution/geth@1.17.6`. */
export function keyOf({ client, version, form }: ArtifactWish): string {
  // The same client may run both ways under one root.
  const prefix = form === 'image' ? 'image:' : '';
  return `${prefix}${client.layer}/${client.id}${version === undefined ? '' : `@${version}`}`;
}

/**
 * The one source that a wish means: the configuration's, else the first of the catalogue that can give the wished
 * version, or the client's default version where none is wished. Throws EPH-ARTIFACT-NO-SOURCE.
 */
export function chooseArtifact(wish: ArtifactWish, platformName: string): ChosenArtifact {
  const chosen = wish.form === 'image' ? chooseImage(wish) : choose(wish, platformName);
  // Both become parts of paths and of npm's arguments, where `../x` or `git+https:` would mean something else.
  if (chosen.version !== undefined && !/^[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}$/.test(chosen.version)) {
    throw noSource(wish, `${JSON.stringify(chosen.version)} is no exact version`);
  }
  if (chosen.source === 'npm' && !isNpmName(chosen.package)) {
    throw noSource(wish, `${JSON.stringify(chosen.package)} is no name of an npm package`);
  }
  return chosen;
}

/** Whether it is the name of a package of a registry, and nothing else that npm would take. */
export function isNpmName(text: string): boolean {
  return /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/.test(text);
}

function choose(wish: ArtifactWish, platformName: string): ChosenArtifact {
  if (wish.artifact !== undefined) return configured(wish, wish.artifact, platformName);
  const found = wish.client.artifacts
    .map((choice) => fromCatalogue(choice, wish, platformName))
    .find((chosen) => chosen !== undefined);
  if (found !== undefined) return found;
  const version = wish.version ?? wish.client.defaultVersion;
  throw noSource(
    wish,
    version === undefined ? 'no version is given' : `not in version ${version} for ${platformName}`,
  );
}

function configured(
  wish: ArtifactWish,
  artifact: NonNullable<ArtifactWish['artifact']>,
  platformName: string,
): ChosenArtifact {
  const { version } = wish;
  if (artifact.kind === 'image') throw noSource(wish, 'an image is only run by the runtime container');
  if (artifact.kind === 'path') {
    const known = wish.client.artifacts.find((choice) => choice.kind === 'path');
    return {
      source: 'path',
      path: artifact.path,
      ...(version === undefined ? {} : { version }),
      ...(known?.versionArgs === undefined ? {} : { versionArgs: known.versionArgs }),
    };
  }
  if (version === undefined) throw noSource(wish, 'no version is given');
  if (artifact.kind === 'archive') {
    const { sha256 } = artifact;
    const platform = platformOf(platformName);
    return {
      source: 'archive',
      version,
      url: filled(artifact.url, version, platform),
      format: artifact.format ?? formatOf(artifact.url),
      bin: filled(artifact.bin, version, platform),
      ...(sha256 === undefined ? {} : { sha256 }),
    };
  }
  const known = wish.client.artifacts.find((choice) => choice.kind === 'npm');
  const bin = artifact.bin ?? known?.bin;
  if (bin === undefined) throw noSource(wish, 'the artifact names no `bin`');
  const { integrity } = artifact;
  return {
    source: 'npm',
    package: artifact.package,
    version,
    bin,
    ...(integrity === undefined ? {} : { integrity }),
  };
}

function fromCatalogue(
  choice: ArtifactChoice,
  { version: wished, client }: ArtifactWish,
  platformName: string,
): ChosenArtifact | undefined {
  const version = wished ?? client.defaultVersion;
  switch (choice.kind) {
    case 'builtin': {
      const { kind: _, ...builtin } = choice;
      const fits = wished === undefined || wished === choice.version;
      return fits ? { source: 'builtin', ...builtin } : undefined;
    }
    case 'npm':
      if (version === undefined) return undefined;
      return { source: 'npm', package: choice.package, version, bin: choice.bin };
    case 'archive':
      return version === undefined ? undefined : published(choice, version, platformName);
    case 'image':
    case 'path':
      return undefined;
  }
}

/** The image that a wish means: the configuration's, else the catalogue's. */
function chooseImage(wish: ArtifactWish): ChosenArtifact {
  const { client, artifact } = wish;
  const known = client.artifacts.find((choice) => choice.kind === 'image');
  if (artifact !== undefined && artifact.kind !== 'image') {
    throw noSource(
      wish,
      `the runtime container runs images, and the artifact is of the kind ${artifact.kind}`,
    );
  }
  const version = wish.version ?? client.defaultVersion ?? artifact?.tag;
  const repository = artifact?.image ?? known?.image;
  if (repository === undefined)
    throw noSource(wish, 'nobody publishes an image of it: name one under `artifact`');
  if (version === undefined) throw noSource(wish, 'no version is given');
  const tag = artifact?.tag ?? known?.tag.replaceAll('{version}', version) ?? version;
  const { digest } = artifact ?? {};
  const command = artifact?.command ?? known?.command;
  return {
    source: 'image',
    version,
    repository,
    tag,
    ...(digest === undefined ? {} : { digest }),
    ...(command === undefined ? {} : { command }),
  };
}

/** The file that a publisher has of this version for this platform. */
function published(
  choice: Extract<ArtifactChoice, { kind: 'archive' }>,
  version: string,
  platformName: string,
): ChosenArtifact | undefined {
  const archive = choice.platforms[platformName as PlatformName];
  const commit = choice.commits?.[version];
  if (archive === undefined || (choice.commits !== undefined && commit === undefined)) return undefined;
  const named = (template: string) =>
    filled(template, version, platformOf(platformName)).replaceAll('{commit}', commit ?? '');
  const { url, bin, format, checksum, signature } = archive;
  return {
    source: 'archive',
    version,
    url: named(url),
    format,
    bin: named(bin),
    ...(checksum === undefined ? {} : { checksum: { ...checksum, url: named(checksum.url) } }),
    ...(signature === undefined ? {} : { signature: { ...signature, url: named(signature.url) } }),
    ...(choice.needs === undefined ? {} : { needs: choice.needs }),
  };
}

function noSource(wish: ArtifactWish, detail: string): Error {
  return artifactErrors.create('EPH-ARTIFACT-NO-SOURCE', { client: wish.client.displayName, detail });
}
