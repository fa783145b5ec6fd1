import type { ClientContext, ClientDefinition } from '../../../src/core/clients/client.ts';

/** A client's program as somebody could start it by hand: where it comes from, what is prepared, its arguments. */
export function shown(client: ClientDefinition, context: ClientContext): string[] {
  const { args, env } = client.program(context);
  return [
    ...(client.files?.(context) ?? []).map((file) =>
      'content' in file
        ? `file ${file.path}: ${JSON.stringify(file.content)}`
        : `file ${file.path}, ${file.derive === undefined ? 'a copy of' : 'made of'} ${file.from.join(' or ')}`,
    ),
    ...client
      .tasks(context)
      .flatMap(({ name, args: given, deadlineMs, makes }) => [
        `task ${name} (${deadlineMs} ms${makes === undefined ? '' : `, makes ${makes}`})`,
        ...given.map((arg) => `  ${arg}`),
      ]),
    'program',
    ...args.map((arg) => `  ${arg}`),
    ...Object.entries(env).map(([name, value]) => `env ${name}=${value}`),
  ];
}

/** How its slashing protection is taken out and brought in. */
export function protectionTasks({ protection }: ClientDefinition, context: ClientContext): string[] {
  if (protection === undefined) return [];
  return [protection.exportTask(context), protection.importTask(context)].flatMap(
    ({ name, args, deadlineMs }) => [
      `task ${name} (${deadlineMs} ms), by ${protection.file}`,
      ...args.map((arg) => `  ${arg}`),
    ],
  );
}

/** What it is run from and how it is watched and stopped. */
export function surroundings(client: ClientDefinition, context: ClientContext): string[] {
  const version = client.defaultVersion ?? '';
  return [
    ...client.artifacts.flatMap((artifact) =>
      artifact.kind === 'image'
        ? [
            `image ${artifact.image}:${artifact.tag.replaceAll('{version}', version)}${
              artifact.command === undefined ? '' : `, entrypoint ${artifact.command.join(' ')}`
            }`,
          ]
        : [],
    ),
    ...client.ports.map(
      ({ name, protocol, exposure }) => `port ${name} ${context.ports[name]}/${protocol} ${exposure}`,
    ),
    `ready ${JSON.stringify(client.readiness(context))}`,
    `stop ${JSON.stringify(client.stop)}`,
  ];
}
