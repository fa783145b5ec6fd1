import type { FindingReport } from '../../operations/control/reports.ts';
import type { Style } from '../output/style.ts';

/** A finding for people: how bad, its code, the facts, what to do. */
export function findingText(finding: FindingReport, style: Style): string {
  const { code, severity, long, remedy, subject } = finding;
  const paint = { critical: style.bad, warning: style.warning, info: style.faint }[severity];
  const about = [subject.node, subject.layer].filter((part) => part !== undefined).join('.');
  return `${paint(`${severity} ${code}`)}${about === '' ? '' : ` ${about}`}\n  ${long}\n  ${remedy}`;
}
