import type { ClientDefinition, KeyFiles } from './client.ts';

/** Where the clients of a catalogue look for keys. */
export interface KeyPlaces {
  /** Undefined for a validator client without places of its own. */
  of(validatorClient: string): KeyFiles | undefined;
  readonly signers: readonly KeyFiles[];
}

export function keyPlacesOf(clients: readonly ClientDefinition[]): KeyPlaces {
  const places = clients.flatMap(({ id, layer, keyFiles }) =>
    keyFiles === undefined ? [] : [{ id, layer, keyFiles }],
  );
  return {
    of: (client) => places.find(({ id, layer }) => layer === 'validator' && id === client)?.keyFiles,
    signers: places.flatMap(({ layer, keyFiles }) => (layer === 'signer' ? [keyFiles] : [])),
  };
}
