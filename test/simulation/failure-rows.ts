/** A test by its file and a piece of its title. */
export interface RowTest {
  readonly file: string;
  readonly title: string;
}

const node = (title: string): RowTest => ({ file: 'test/simulation/failure-table.test.ts', title });
const keys = (title: string): RowTest => ({ file: 'test/simulation/failure-keys.test.ts', title });
const releaser = (title: string): RowTest => ({ file: 'src/releases/serve/releaser.test.ts', title });
const library = (title: string): RowTest => ({ file: 'src/releases/store/obtain-release.test.ts', title });
const verify = (title: string): RowTest => ({ file: 'src/core/network/verify/verify-bundle.test.ts', title });
const lock = (title: string): RowTest => ({ file: 'src/storage/files/root-lock.test.ts', title });

/** What can go wrong at a reset, and the tests of what then happens. */
export const failureRows: Readonly<Record<string, readonly RowTest[]>> = {
  'release not published at T': [
    node('missing at T: the validator client stops'),
    node('published in time: at T validator client, consensus and execution stop'),
    { file: 'src/core/node/target.test.ts', title: 'is awaited from T on' },
    { file: 'src/operations/node/release-desk.test.ts', title: 'goes on for ever, from 15 to 60 seconds' },
    releaser('not published at T: not yet'),
  ],
  'API quota, outage, empty answer': [
    node('unknown because of an outage'),
    releaser('one unknown and one not-yet make unknown'),
    releaser('outage, quota or a page instead of a file'),
    releaser('empty answer: failed'),
    library('outage or empty answer'),
  ],
  'partial or corrupt download': [
    library('partial or corrupt'),
    releaser('corrupt download: refused'),
    releaser('partial download: gone on'),
  ],
  'latest is the next iteration already': [
    node('"latest" is the next network already'),
    node('of the next iteration is fetched ahead'),
    releaser('latest is the next iteration already'),
  ],
  'wrong contents under the right tag': [
    library('wrong contents under the right tag'),
    verify('is refused when wrong contents come under the right tag'),
  ],
  'clock skew': [
    node('measured far off: no reset begins'),
    node('measured far off before the first start'),
    node('that cannot be measured: never a block'),
    node('set back: the node stays'),
    node('set forward past a release'),
    releaser('clock skew: measured'),
    { file: 'src/releases/clock-skew.test.ts', title: 'of two hosts that differ is the smaller' },
    { file: 'src/releases/clock-skew.test.ts', title: 'is told beyond 30 s' },
    { file: 'src/releases/store/clock-check.test.ts', title: 'does not believe one host alone' },
    { file: 'src/core/node/target.test.ts', title: 'stays with too little room, and with a clock' },
  ],
  'wrong chain id or block 0': [
    node('execution on a wrong genesis'),
    node('execution loses its genesis under a running node'),
    node('a wrong genesis again and again'),
  ],
  'one layer on the old iteration': [node('%s left on the old iteration')],
  'node stuck on the old iteration after T': [
    node('the Beacon API is down at T'),
    node('we were killed at T'),
  ],
  'off for more than a period': [node('the node was off for more than a period')],
  'Beacon API down, iteration right': [
    node('the Beacon API is down on the right iteration'),
    node('a client that crashes is started again'),
    node('%s that ends is noticed at once'),
    node('the wrong answer of one moment'),
  ],
  'old slashing protection in a new iteration': [
    keys('protection of the old iteration is neither used nor removed'),
    keys('a damaged store of protection'),
    keys('a store of protection that is gone'),
    keys('protection that cannot be read at first'),
  ],
  'forced reset of the same iteration': [
    keys('a forced reset of the same iteration'),
    keys('another validator client in the same iteration'),
  ],
  'validators root changed within an iteration': [
    node('with another root under the same number: told'),
    node('with another root under the same number before T: told'),
    node('with another root under the same number before T, and consent'),
    library('published again with the same genesis'),
    library('root changed within an iteration'),
  ],
  'two managers': [
    lock('is held by one, who is named to the next'),
    lock('is taken over by exactly one of many'),
    node('has left its mark in a client directory'),
  ],
  'keys missing': [keys('fewer keys than before'), keys('as many keys as before, but others')],
  'keystore password mismatch': [keys('a keystore password that does not fit')],
  'bootnodes changed': [node('with other bootnodes')],
  'besu.json and chainspec.json absent': [verify('may lack besu.json and chainspec.json')],
  'fork schedule or new fork': [
    node('with a fork that a client does not reach'),
    verify('passes unknown config keys through'),
    { file: 'src/core/clients/programs/prysm.test.ts', title: 'leaves out what Prysm does not know' },
  ],
  'interval, delay or base changed upstream': [
    node('with another interval, delay or base'),
    library('interval, delay or base changed upstream'),
  ],
  'disk full': [
    node('has too little room'),
    node('has a full disk at T'),
    library('disk full: refused before anything is fetched'),
  ],
  'crash in mid-reset': [
    {
      file: 'test/simulation/kill-at-every-step.test.ts',
      title: 'of a node of %s completes after %s at any moment',
    },
  ],
};
