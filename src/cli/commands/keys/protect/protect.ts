import type { ProtectionSummary } from '../../../../operations/validators/protect-files.ts';
import { type Command, type CommandContext, command } from '../../../command.ts';
import { exitCodes } from '../../../exit-codes.ts';
import { flag, formed, requiredText } from '../../../option.ts';
import { withProgress } from '../../../output/progress.ts';
import { noBackupOption } from '../backup-options.ts';

const root = formed('root', 'Refuse a file of another network than this validators root.', {
  pattern: /^0x[0-9a-fA-F]{64}$/,
  expects: '0x and 64 hex digits',
});
const file = requiredText('file', 'A slashing protection file (EIP-3076).', { completes: 'file' });
const out = requiredText('file', 'Where the result is written; it must not be there yet.', {
  completes: 'file',
});
const node = requiredText('node', 'Whose validator client.', { completes: 'node' });
const minify = flag('Write only what is needed to forbid the same: the highest slot and epochs of each key.');

/** Slashing protection as files. */
export const protectCommands: readonly Command[] = [
  command({
    path: ['keys', 'protect', 'check'],
    summary: 'Read a slashing protection file and say what is in it',
    description: 'Ends with code 1 when keys in it have signed what would be slashed.',
    args: { file },
    options: { root },
    examples: [{ line: 'keys protect check protection.json', what: 'What a file has' }],
    async run(context, { args, options }) {
      const { checkProtection } = await files();
      const wish = { genesisValidatorsRoot: options.root, signal: context.signal };
      const summary = await working(context, 'Reading', () => checkProtection(args.file, wish));
      context.output.result(summary, () => words(summary));
      return summary.slashable.length > 0 ? exitCodes.error.code : undefined;
    },
  }),
  command({
    path: ['keys', 'protect', 'merge'],
    summary: 'Merge two slashing protection files of one network',
    args: { first: file, second: file },
    options: { out, minify, root },
    examples: [
      { line: 'keys protect merge a.json b.json --out both.json', what: 'One file with all of both' },
    ],
    async run(context, { args, options }) {
      const { mergeProtection } = await files();
      const { host } = await context.services();
      const { minify } = options;
      const wish = { genesisValidatorsRoot: options.root, signal: context.signal, minify, host };
      const summary = await working(context, 'Merging', () =>
        mergeProtection([args.first, args.second], options.out, wish),
      );
      context.output.result(summary, () => words(summary));
      return undefined;
    },
  }),
  command({
    path: ['keys', 'protect', 'minify'],
    summary: 'Shorten a slashing protection file to what is needed',
    args: { file },
    options: { out, root },
    examples: [{ line: 'keys protect minify a.json --out short.json', what: 'Forbids no less' }],
    async run(context, { args, options }) {
      const { mergeProtection } = await files();
      const { host } = await context.services();
      const wish = { genesisValidatorsRoot: options.root, signal: context.signal, minify: true, host };
      const summary = await working(context, 'Reading', () =>
        mergeProtection([args.file], options.out, wish),
      );
      context.output.result(summary, () => words(summary));
      return undefined;
    },
  }),
  command({
    path: ['keys', 'protect', 'export'],
    summary: 'Write what a node signed on its network into a file',
    description: 'Its validator client must be stopped: what it signed meanwhile would be missing.',
    args: { node, file: out },
    examples: [{ line: 'keys protect export home protection.json', what: 'Before keys go elsewhere' }],
    async run(context, { args }) {
      const { exportProtection } = await import('../../../../operations/validators/node-protection.ts');
      const services = await context.services();
      const wish = { ...args, config: context.config };
      const summary = await working(context, 'Exporting', () => exportProtection(services, wish));
      context.output.result(summary, () => words(summary));
      return undefined;
    },
  }),
  command({
    path: ['keys', 'protect', 'import'],
    summary: 'Give a node what was signed elsewhere with its keys',
    description:
      'A file of another network or iteration is refused. The validator client gets it before it signs again.',
    args: { node, file },
    options: { noBackup: noBackupOption },
    examples: [{ line: 'keys protect import home protection.json', what: 'After keys came from elsewhere' }],
    async run(context, { args, options }) {
      const { importProtection } = await import('../../../../operations/validators/node-protection.ts');
      const services = await context.services();
      const wish = { ...args, ...options, config: context.config };
      const summary = await working(context, 'Importing', () => importProtection(services, wish));
      context.output.result(summary, () => words(summary));
      return undefined;
    },
  }),
];

function files() {
  return import('../../../../operations/validators/protect-files.ts');
}

async function working<T>(context: CommandContext, what: string, work: () => Promise<T>): Promise<T> {
  const { clock } = await context.services();
  return withProgress({ output: context.output, clock }, what, work);
}

function words(summary: ProtectionSummary): string {
  const { genesisValidatorsRoot, validators, blocks, attestations, slashable } = summary;
  return [
    `Validators root ${genesisValidatorsRoot}`,
    `${validators} keys, ${blocks} blocks, ${attestations} attestations`,
    slashable.length === 0
      ? 'Nothing in it would be slashed.'
      : `Signed what would be slashed: ${slashable.join(', ')}`,
  ].join('\n');
}
