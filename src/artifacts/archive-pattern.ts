import type { ArchiveFormat } from '../core/clients/artifact-choice.ts';
import type { Platform } from './artifact.ts';

/** Placeholders as publishers use them: `amd64`, `arm64`; `linux`, `darwin`. */
export function filled(template: string, version: string, platform: Platform | undefined): string {
  return template
    .replaceAll('{version}', version)
    .replaceAll('{os}', platform?.os ?? '')
    .replaceAll('{arch}', platform?.arch === 'x64' ? 'amd64' : (platform?.arch ?? ''));
}

/** The form of a configured archive by its name; tar.gz where the name does not say. */
export function formatOf(url: string): ArchiveFormat {
  return /\.zip(?:[?#]|$)/i.test(url) ? 'zip' : 'tar.gz';
}

/** `linux-x64` as a platform. */
export function platformOf(name: string): Platform {
  const [os = '', arch = ''] = name.split('-');
  return { os, arch };
}
