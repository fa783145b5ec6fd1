import { shortPublicKey } from '../../core/keys/public-key.ts';
import type { ImportKeysReport } from '../../operations/keys/import-keys.ts';
import type { RecordedDeposits } from '../../operations/keys/record-deposits.ts';
import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';

const most = 20;

export function importKeysText(report: ImportKeysReport, style: Style): string {
  const { broken, foreign, known, keySet, dryRun, passedOver = [], remedy } = report;
  const kept = dryRun ? 'could be imported into' : 'imported into';
  return [
    ...some(report.new.map(({ pubkey, path }) => `${style.good('new')}     ${pubkey}  ${plainText(path)}`)),
    ...some(
      known.map(
        ({ pubkey, keySet: owner }) => `known   ${shortPublicKey(pubkey)} is in the key set ${owner}`,
      ),
    ),
    ...some(broken.map(({ path, problem }) => `${style.bad('broken')}  ${plainText(path)}: ${problem}`)),
    ...some(foreign.map(({ path, what }) => `foreign ${plainText(path)}: ${what}`)),
    ...some(passedOver.map(({ path, why }) => `passed over ${plainText(path)}: ${why}`)),
    ...some((report.deposits ?? []).flatMap(depositLines)),
    `${report.new.length} keys ${kept} the key set ${keySet}; ${known.length} known, ${broken.length} broken, ${foreign.length} foreign${passedOver.length === 0 ? '' : `, ${passedOver.length} passed over`}.`,
    ...(remedy === undefined ? [] : [remedy]),
    ...(report.new.length > 0 && !dryRun
      ? ['Stop them where they ran until now, and bring their slashing protection, before they sign here.']
      : []),
  ].join('\n');
}

function depositLines({ path, recorded, problems }: RecordedDeposits): readonly string[] {
  return [
    `deposit ${plainText(path)}: ${recorded} of keys here are remembered`,
    ...problems.map((problem) => `deposit ${plainText(path)}: not all, ${plainText(problem)}`),
  ];
}

function some(lines: readonly string[]): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most), `        and ${lines.length - most} more`];
}
