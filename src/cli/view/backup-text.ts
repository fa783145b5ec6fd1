import { formatDuration } from '../../base/duration.ts';
import type { BehindProtection } from '../../core/backup/manifest.ts';
import { shortPublicKey } from '../../core/keys/public-key.ts';
import type { KnownBackup } from '../../operations/backup/choose-backup.ts';
import type { DrillReport } from '../../operations/backup/drill-backup.ts';
import type { MadeBackup } from '../../operations/backup/make-backup.ts';
import type { RestorePreview, RestoreReport } from '../../operations/backup/restore-backup.ts';
import { formatBytes } from '../output/bytes.ts';
import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { tableText } from '../output/table.ts';

export function madeText(made: MadeBackup, style: Style): string {
  const keys = [
    ...Object.entries(made.keys).map(([set, count]) => `${count} of ${set}`),
    ...Object.entries(made.remoteKeys).map(([set, count]) => `${count} of a remote signer in ${set}`),
  ];
  return [
    `${style.good(made.name)}: ${made.files} files, ${formatBytes(made.bytes)}`,
    `  keys: ${keys.join(', ') || 'none'}`,
    ...(Object.keys(made.keys).length === 0 ? [] : [unopened]),
    ...unsoundLines(made, style),
    ...behindLines(made.behind),
    ...made.targets.map(({ target, removed }) => `  in ${target}${removedText(removed)}`),
  ].join('\n');
}

const unopened =
  '  No keystore was opened for it: that each opens with its password is proven by `ephemery keys backup drill`.';

function unsoundLines({ unsound = [] }: MadeBackup, style: Style): readonly string[] {
  if (unsound.length === 0) return [];
  const lines = unsound.slice(0, mostUnsound).map(({ keySet, key, reason }) => {
    return `  ${style.bad('not whole')}: ${shortPublicKey(key)} of ${keySet}: ${plainText(reason)}`;
  });
  const more = unsound.length - mostUnsound;
  return [
    ...lines,
    ...(more > 0 ? [`  and ${more} more`] : []),
    '  They cannot be restored from it: restore them from an earlier backup, or import them again. No older backup is removed meanwhile.',
  ];
}

const mostUnsound = 20;

function removedText(removed: readonly string[]): string {
  return removed.length === 0 ? '' : `, ${removed.length} older one(s) removed`;
}

function behindLines(behind: readonly BehindProtection[]): readonly string[] {
  return behind.map(({ node, store, asOfMs, reason }) => {
    const asOf = asOfMs === undefined ? 'is not in it' : `is as of ${new Date(asOfMs).toISOString()}`;
    return `  slashing protection ${store} of ${node} ${asOf}: ${reason}`;
  });
}

export function listText(backups: readonly KnownBackup[], nowMs: number): string {
  if (backups.length === 0) return 'There is no backup yet.';
  return tableText(
    backups.map(({ name, createdAtMs, installation, isOurs, target }) => [
      name,
      `${formatDuration(nowMs - createdAtMs)} ago`,
      isOurs ? 'this installation' : (installation ?? 'not named'),
      target,
    ]),
  );
}

export function drillText({ backup, files, proven, remote }: DrillReport, style: Style): string {
  const others =
    remote === 0
      ? ''
      : ` ${remote} key(s) more are of a remote signer: their secrets are there, not in the backup.`;
  return `${style.good('proven')}: ${backup} holds ${files} files, and all ${proven} key(s) open with their secrets.${others}`;
}

export function previewText(preview: RestorePreview): string {
  const sets = preview.keySets.map(
    ({ keySet, added, same, lost, remote }) =>
      `  ${keySet}: ${added.length} key(s) new, ${same.length} the same, ${lost.length} that are only here go${remote.length === 0 ? '' : `; ${remote.length} of a remote signer, unproven`}`,
  );
  const made = new Date(preview.createdAtMs).toISOString();
  const others =
    preview.otherFiles === 0
      ? []
      : [
          `  ${preview.otherFiles} file(s) of identities, where none are, and of protection, beside what is here`,
        ];
  return [
    `${preview.backup}, made ${made}; all ${preview.proven} key(s) proven`,
    ...sets,
    ...others,
    ...behindLines(preview.behind),
  ].join('\n');
}

export function restoreText(report: RestoreReport, style: Style): string {
  if (!report.restored) return `${previewText(report)}\nNothing was changed.`;
  const aside = report.aside === undefined ? [] : [`What they replaced is in ${report.aside}.`];
  const config = report.config === undefined ? [] : [`Its configuration is ${report.config}.`];
  return [previewText(report), style.good('Restored.'), ...aside, ...config].join('\n');
}
