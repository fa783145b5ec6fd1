import { defineFindings, finding } from './finding.ts';

/** One value in one file of a release. */
type Read = {
  readonly file: string;
  readonly field: string;
  readonly found: string;
  readonly expected: string;
};

const anotherSource =
  'Nothing was changed on any node. A fetch goes on to the next source by itself; if all say the same, ask the network’s maintainers. Files of your own are to be fetched or built again.';

const said = ({ file, field, found, expected }: Read) =>
  `${file} says ${field} ${found}, expected ${expected}`;

/** What verification and fetching of a release can find. */
export const releaseFindings = defineFindings({
  'EPH-RELEASE-FILE-MISSING': finding<{ file: string }>({
    severity: 'critical',
    short: 'A release lacks a file',
    long: ({ file }) => `${file} is missing or empty.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-FILE-UNREADABLE': finding<{ file: string; problem: string }>({
    severity: 'critical',
    short: 'A file of a release cannot be read',
    long: ({ file, problem }) => `${file} cannot be read: ${problem}.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-FIELD-MISSING': finding<{ file: string; field: string }>({
    severity: 'critical',
    short: 'A file of a release lacks a field',
    long: ({ file, field }) => `${file} has no usable ${field}.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-ITERATION': finding<Read>({
    severity: 'critical',
    short: 'A release is of another iteration',
    long: (facts) => `${said(facts)}: these are the files of another iteration.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-TAG': finding<Read>({
    severity: 'critical',
    short: 'A release carries another tag',
    long: (facts) => `${said(facts)}.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-CHAIN-ID': finding<Read>({
    severity: 'critical',
    short: 'A release has another chain id',
    long: (facts) => `${said(facts)}.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-START-TIME': finding<Read>({
    severity: 'critical',
    short: 'The files of a release disagree on the start time',
    long: (facts) => `${said(facts)}.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-INTERVAL': finding<Read>({
    severity: 'critical',
    short: 'The files of a release disagree on the reset interval',
    long: (facts) => `${said(facts)}.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-GENESIS-TIME': finding<Read>({
    severity: 'critical',
    short: 'The consensus genesis time of a release is not its start plus its delay',
    long: (facts) => `${said(facts)}.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-FORK-VERSION': finding<Read>({
    severity: 'critical',
    short: 'A release has fork versions that are not this network’s',
    long: (facts) => `${said(facts)}.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-STATE-FORK': finding<Read>({
    severity: 'critical',
    short: 'The genesis state is of another fork than the config says',
    long: (facts) => `${said(facts)}.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-GENESIS-SLOT': finding<Read>({
    severity: 'critical',
    short: 'The genesis state is not at slot 0',
    long: (facts) => `${said(facts)}.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-VALIDATORS-ROOT': finding<Read>({
    severity: 'critical',
    short: 'The files of a release disagree on the validators root',
    long: (facts) => `${said(facts)}.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-VALIDATORS-ROOT-COMPUTED': finding<Read>({
    severity: 'critical',
    short: 'The validators of a release have another root than it says',
    long: (facts) => `${said(facts)} from the validators in it: the genesis state was damaged or altered.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-VALIDATORS-ROOT-REUSED': finding<{ iteration: number; validatorsRoot: string }>({
    severity: 'critical',
    short: 'A release has the validators root of the iteration before',
    long: ({ iteration, validatorsRoot }) =>
      `Iteration ${iteration} has the validators root ${validatorsRoot} of the one before. Signatures would be valid on both networks.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-EXECUTION-HASH': finding<Read>({
    severity: 'critical',
    short: 'The files of a release disagree on the execution genesis block',
    long: (facts) => `${said(facts)}.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-EXECUTION-HASH-COMPUTED': finding<Read>({
    severity: 'critical',
    short: 'The execution genesis of a release makes another block than the release says',
    long: (facts) =>
      `${said(facts)}: no execution client started on these files would be on the network that they name.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-DEPOSIT-CONTRACT': finding<Read>({
    severity: 'critical',
    short: 'The files of a release disagree on the deposit contract',
    long: (facts) => `${said(facts)}.`,
    remedy: () => anotherSource,
  }),
  'EPH-RELEASE-PRESET': finding<{ file: string; preset: string }>({
    severity: 'critical',
    short: 'A release uses a preset other than mainnet',
    long: ({ file, preset }) => `${file} extends the preset ${preset}; only mainnet can be checked and run.`,
    remedy: () => 'Build the network with PRESET_BASE mainnet.',
  }),
  'EPH-RELEASE-SCHEDULE-CHANGED': finding<{
    iteration: number;
    what: string;
    found: number;
    expected: number;
  }>({
    severity: 'critical',
    short: 'The network changed its schedule',
    long: ({ iteration, what, found, expected }) =>
      `The release of iteration ${iteration} is consistent in itself but has a ${what} of ${found} s; the network’s definition says ${expected} s.`,
    remedy: () =>
      'If the network announced this, change its definition or consent to the new schedule; the node stays on the old network until then.',
  }),
  'EPH-RELEASE-REISSUED': finding<{
    iteration: number;
    before: string;
    now: string;
    validatorsRootBefore: string;
    validatorsRootNow: string;
  }>({
    severity: 'critical',
    short: 'The genesis of an iteration was released again, with other contents',
    long: ({ iteration, before, now, validatorsRootBefore, validatorsRootNow }) =>
      `Iteration ${iteration} was known as ${before} (validators root ${validatorsRootBefore}); the release now makes it ${now} (${validatorsRootNow}): a different network under the same number.`,
    remedy: () =>
      'If the maintainers announced a new genesis, consent to it. Slashing protection of the old root is kept apart.',
  }),
  'EPH-RELEASE-FILES-CHANGED': finding<{ iteration: number; source: string; files: readonly string[] }>({
    severity: 'warning',
    short: 'A release was published again with other files',
    long: ({ iteration, source, files }) =>
      `${source} now has other contents of ${files.join(', ')} for iteration ${iteration}; the genesis is the same. Nodes keep to the files that are held here.`,
    remedy: () =>
      'If the maintainers announced it, nothing breaks by waiting: the next iteration brings its own. To use the new files now, take the node down, move the release folder away, and start again.',
  }),
  'EPH-RELEASE-FORMS-DIFFER': finding<{ form: string; other: string; files: readonly string[] }>({
    severity: 'critical',
    short: 'Two forms of one release are not the same',
    long: ({ form, other, files }) => `${form} and ${other} differ in ${files.join(', ')}.`,
    remedy: () => 'Build or fetch the release again, all of it, and publish nothing of this one.',
  }),
  'EPH-RELEASE-SEED-VALIDATOR': finding<{ iteration: number; credentials: string }>({
    severity: 'warning',
    short: 'Validator 0 does not carry the iteration',
    long: ({ iteration, credentials }) =>
      `Validator 0 has the credentials ${credentials}; 0x01, zeros and iteration ${iteration} were expected. It is what makes each iteration’s validators root differ.`,
    remedy: () => 'Nothing to do if the network changed how it makes its iterations differ.',
  }),
  'EPH-RELEASE-FORK-TIME': finding<Read>({
    severity: 'warning',
    short: 'Execution and consensus layer have different times for a fork',
    long: (facts) => `${said(facts)}: the layers will part at that fork unless one of them is corrected.`,
    remedy: () => 'Tell the network’s maintainers; watch the node when the fork comes.',
  }),
  'EPH-RELEASE-UNKNOWN-FORK': finding<{ key: string }>({
    severity: 'warning',
    short: 'A release schedules a fork that this version does not know',
    long: ({ key }) => `metadata/config.yaml schedules ${key}. It is passed on to the clients as it is.`,
    remedy: () => 'Update ephemery, and check that your clients know this fork.',
  }),
  'EPH-RELEASE-BOOTNODES': finding<{ file: string; usable: number; refused: number }>({
    severity: 'warning',
    short: 'A release lists bootnodes that are none',
    long: ({ file, usable, refused }) =>
      `${file} has ${usable} usable bootnodes and ${refused} lines that are no bootnode; those are left out.`,
    remedy: () => 'Nothing to do as long as peers are found.',
  }),
  'EPH-RELEASE-SOURCES-DIFFER': finding<{ source: string; other: string; files: readonly string[] }>({
    severity: 'warning',
    short: 'Two sources have different files for one release',
    long: ({ source, other, files }) =>
      `${source} and ${other} differ in ${files.join(', ')}. What ${source} gave passed every check and is used.`,
    remedy: () => 'If it does not settle, ask the maintainers which one is right.',
  }),
  'EPH-RELEASE-UNCOMPARED': finding<{ source: string; reason: string }>({
    severity: 'warning',
    short: 'A release could not be compared with that of a second source',
    long: ({ source, reason }) =>
      `What ${source} gave passed every check, and was compared with no other source: ${reason}.`,
    remedy: () =>
      'Try again once a second source has it, or declare another one under releaseSources in the definition of the network.',
  }),
  'EPH-RELEASE-SOURCE-FAILED': finding<{ source: string; problem: string }>({
    severity: 'warning',
    short: 'A release could not be taken from one of its sources',
    long: ({ source, problem }) => `${source}: ${problem}.`,
    remedy: () =>
      'The next source is tried, and this one again later. Check the network connection if all fail.',
  }),
  'EPH-RELEASE-CLOCK-SKEW': finding<{ skewSeconds: number; hosts: string }>({
    severity: 'warning',
    short: 'The clock of this host is off',
    long: ({ skewSeconds, hosts }) =>
      `This host’s clock is ${Math.abs(skewSeconds)} s ${skewSeconds > 0 ? 'ahead of' : 'behind'} ${hosts}. Clients lose peers and duties, and resets start at the wrong time.`,
    remedy: () => 'Turn on time synchronisation (systemd-timesyncd, chrony or the like).',
  }),
  'EPH-RELEASE-CLOCK-UNMEASURED': finding<{ reason: string }>({
    severity: 'info',
    short: 'The clock of this host could not be compared',
    long: ({ reason }) => `No release source told the time: ${reason}.`,
    remedy: () => 'Nothing to do; it is measured again with the next request.',
  }),
});
