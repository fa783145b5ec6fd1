import { describe, expect, it } from 'vitest';
import { clients } from '../../src/app/registries/clients.ts';
import { publicKeyOf } from '../../src/base/openpgp/public-key.ts';
import type { PlatformName } from '../../src/core/clients/artifact-choice.ts';
import type { ClientDefinition } from '../../src/core/clients/client.ts';

/** What a download is held against where its publisher gives a file with SHA-256 sums. */
const publishedSums: Readonly<Record<string, 'sha256sum' | 'bare'>> = {
  'execution.besu': 'sha256sum',
  'execution.erigon': 'sha256sum',
  'consensus.caplin': 'sha256sum',
  'consensus.prysm': 'sha256sum',
  'validator.prysm': 'sha256sum',
  'consensus.teku': 'sha256sum',
  'validator.teku': 'sha256sum',
  'signer.web3signer': 'sha256sum',
};
/** Who signs with a key that we know. */
const signing = ['execution.geth', 'execution.reth'];
const hosts = ['github.com', 'gethstore.blob.core.windows.net'];
const endings = { 'tar.gz': /\.tar\.gz$/, zip: /\.zip$/, program: /\/[^/.]+(?:[.-][^/]*)?$/ } as const;

const choices = clients.flatMap((client) =>
  client.artifacts.flatMap((choice) => (choice.kind === 'archive' ? [{ client, choice }] : [])),
);
const published = choices.flatMap(({ client, choice }) =>
  Object.entries(choice.platforms).map(([platform, archive]) => ({
    name: `${client.layer}.${client.id}`,
    platform: platform as PlatformName,
    client,
    choice,
    archive,
  })),
);

function filledFor({ defaultVersion = '' }: ClientDefinition, commits: Readonly<Record<string, string>>) {
  return (template: string) =>
    template
      .replaceAll('{version}', defaultVersion)
      .replaceAll('{commit}', commits[defaultVersion] ?? '{commit}');
}

describe('archives of the catalogue', () => {
  it.each(published)('$name for $platform has an address for its version', ({ client, choice, archive }) => {
    const filled = filledFor(client, choice.commits ?? {});
    const url = new URL(filled(archive.url));
    expect(url.protocol).toBe('https:');
    expect(hosts).toContain(url.host);
    expect(archive.url).toContain('{version}');
    for (const text of [url.href, filled(archive.bin), filled(archive.checksum?.url ?? '')])
      expect(decodeURIComponent(text)).not.toMatch(/[{}]/);
    expect(url.pathname).toMatch(endings[archive.format]);
    expect(archive.bin).not.toMatch(/^\/|\.\./);
  });

  it.each(published)('$name for $platform is held against what its publisher gives', ({ name, archive }) => {
    expect(archive.checksum?.form).toBe(publishedSums[name]);
    if (archive.checksum !== undefined)
      expect(new URL(archive.checksum.url).host).toBe(new URL(archive.url).host);
    expect(archive.signature !== undefined).toBe(signing.includes(name));
    if (archive.signature !== undefined) {
      expect(archive.signature.url).toBe(`${archive.url}.asc`);
      expect(publicKeyOf(archive.signature.key.packet).fingerprint).toBe(archive.signature.key.fingerprint);
    }
  });

  it('differ by platform, except where the program brings no machine code', () => {
    for (const { client, choice } of choices) {
      const urls = Object.values(choice.platforms).map(({ url }) => url);
      const isPortable = choice.needs?.some(({ program }) => program === 'java') === true;
      expect(new Set(urls).size, client.id).toBe(isPortable ? 1 : urls.length);
    }
  });
});
