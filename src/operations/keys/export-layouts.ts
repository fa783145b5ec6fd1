import type { ClientDefinition } from '../../core/clients/client.ts';
import { depositToolPlaces, type ExportLayout, type ExportPlaces } from '../../core/keys/export-layout.ts';
import type { PublicKey } from '../../core/keys/public-key.ts';
import type { StoredKey } from '../../keys/store/key-set-store.ts';

interface LayoutFile {
  readonly path: string;
  readonly content: string;
}

/** The places of a layout: a client's own under its name, else those of deposit tools. */
export function placesOf(layout: ExportLayout, clients: readonly ClientDefinition[]): ExportPlaces {
  const owner = clients.find(({ id, exportLayout }) => id === layout && exportLayout !== undefined);
  return owner?.exportLayout ?? depositToolPlaces;
}

/** The files of one key. */
export function exportFiles(
  places: ExportPlaces,
  key: PublicKey,
  { keystore, password }: StoredKey,
): readonly LayoutFile[] {
  const more = places.more?.(key);
  return [
    { path: places.keystore(key), content: keystore },
    ...(password === undefined ? [] : [{ path: places.password(key), content: password.reveal() }]),
    ...(more === undefined ? [] : [more]),
  ];
}
