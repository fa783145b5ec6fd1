import type { ClientContext, ClientDefinition } from '../client.ts';
import { portOf, required } from '../context.ts';

/** Relative to its data directory: the cluster, the same while `initdb` makes it, and its socket. */
export const postgresPlaces = { cluster: 'cluster', making: 'cluster.new', access: 'pg_hba.conf' } as const;

/** The one user of a database that is ours. */
export const postgresUser = 'signer';

/**
 * `initdb` wants its user to have a name, which a user of the host has in no image: the library of that name, where
 * the image has it, gives one.
 */
const namedInit = [
  'printf "signer:x:%s:%s::/tmp:/bin/sh\\n" "$(id -u)" "$(id -g)" >/tmp/passwd',
  'printf "signer:x:%s:\\n" "$(id -g)" >/tmp/group',
  'NSS_WRAPPER_PASSWD=/tmp/passwd NSS_WRAPPER_GROUP=/tmp/group LD_PRELOAD=libnss_wrapper.so exec initdb "$@"',
].join(' && ');

export const postgresql: ClientDefinition = {
  id: 'postgresql',
  layer: 'database',
  displayName: 'PostgreSQL',
  artifacts: [
    { kind: 'image', image: 'docker.io/library/postgres', tag: '{version}', command: ['/usr/bin/env'] },
  ],
  defaultVersion: '17.6',
  forks: [],
  highestFork: () => 'fulu',
  ports: [{ name: 'sql', protocol: 'tcp', exposure: 'node' }],
  identityFiles: [],
  managedFlags: [
    '-D',
    '--hba_file',
    '--listen_addresses',
    '--port',
    '--unix_socket_directories',
    '--logging_collector',
  ],
  // SIGINT ends it at once and in order: open connections are cut off, and everything is flushed.
  stop: { signal: 'SIGINT', deadlineMs: 60_000, resetStopDeadlineMs: 60_000 },
  refusesRoot: true,
  notes: [
    'It is no client of its own: a signer in containers has it beside it, unless the configuration names a database.',
    'Only the programs of its node reach it. Its password is made by us; its data are slashing protection and are never collected.',
    'Files of one major version cannot be read by another: stay within it. To change it, set `nodes/<node>/signer-database` aside while the node is down, with a backup made just before: the next start brings the protection in from `nodes/<node>/signer-protection`.',
  ],
  files: () => [
    {
      path: postgresPlaces.access,
      content: 'local all all scram-sha-256\nhost all all all scram-sha-256\n',
    },
  ],
  tasks: (context) => [
    {
      name: 'init',
      args: [
        'sh',
        '-c',
        namedInit,
        'sh',
        `--pgdata=${context.paths.data}/${postgresPlaces.making}`,
        `--username=${postgresUser}`,
        `--pwfile=${required(context.paths.password, 'the password of the database')}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
      ],
      env: context.env,
      deadlineMs: 120_000,
      makes: postgresPlaces.cluster,
    },
  ],
  program: (context) => ({ args: serverArgs(context), env: context.env }),
  readiness: () => ({ kind: 'none' }),
};

/** Source: PostgreSQL's documentation, server configuration. */
function serverArgs(context: ClientContext): readonly string[] {
  const { paths, listenAddress } = context;
  return [
    'postgres',
    '-D',
    `${paths.data}/${postgresPlaces.cluster}`,
    `--hba_file=${paths.data}/${postgresPlaces.access}`,
    `--listen_addresses=${listenAddress}`,
    `--port=${portOf(context, 'sql')}`,
    `--unix_socket_directories=${required(paths.socket, 'the folder of the socket')}`,
    '--logging_collector=off',
    ...context.args,
  ];
}
