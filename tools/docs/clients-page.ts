import { clients } from '../../src/app/registries/clients.ts';
import type { ArtifactChoice } from '../../src/core/clients/artifact-choice.ts';
import type { ClientDefinition } from '../../src/core/clients/client.ts';
import { code, type Page, table } from './page.ts';

export const clientsPage: Page = {
  file: 'clients.md',
  title: 'Clients',
  render: async () => ['Every client that a configuration can name.', ...clients.map(section)].join('\n\n'),
};

function section(client: ClientDefinition): string {
  return [
    `## ${client.displayName}`,
    `\`client: ${client.id}\`, ${client.layer} layer. On \`down\` it gets ${client.stop.signal} and ` +
      `${client.stop.deadlineMs / 1_000} s to stop, at a reset ${client.stop.resetStopDeadlineMs / 1_000} s.`,
    `Programs: ${client.artifacts.map(describeArtifact).join('; ')}.`,
    table(
      ['port', 'protocol', 'open to'],
      client.ports.map(({ name, protocol, exposure }) => [
        name,
        protocol,
        exposure === 'loopback' ? 'this host' : 'everybody',
      ]),
    ),
    `Flags that we set, refused in \`args\`: ${[...client.managedFlags].sort().map(code).join(', ')}.`,
  ].join('\n\n');
}

function describeArtifact(choice: ArtifactChoice): string {
  switch (choice.kind) {
    case 'builtin':
      return `builtin, \`${choice.package}\` ${choice.version}`;
    case 'npm':
      return `npm, \`${choice.package}\``;
    case 'archive':
      return `archive, for ${Object.keys(choice.platforms).join(', ')}`;
    case 'image':
      return `image, \`${choice.image}\``;
    case 'path':
      return 'a path of your own';
  }
}
