import type { FindingReport } from '../../operations/control/reports.ts';
import type { Style } from '../output/style.ts';

/** A finding for people: how bad, its code, the facts, what to do. */
export function findingText(finding: FindingReport, style: Style): string {
  return `${factText(finding, style)}\n  ${finding.remedy}`;
}

/** Several of them; a remedy that some in a row share is said once, after the last. */
export function findingLines(findings: readonly FindingReport[], style: Style): string[] {
  return findings.map((finding, index) => {
    const isShared = findings[index + 1]?.remedy === finding.remedy;
    return isShared ? factText(finding, style) : findingText(finding, style);
  });
}

function factText({ code, severity, long, subject }: FindingReport, style: Style): string {
  const paint = { critical: style.bad, warning: style.warning, info: style.faint }[severity];
  const about = [subject.node, subject.layer].filter((part) => part !== undefined).join('.');
  return `${paint(`${severity} ${code}`)}${about === '' ? '' : ` ${about}`}\n  ${long}`;
}
