import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/**
 * Ends a run with the tests that were left out, each with its reason, and one plain line of totals:
 * `N passed, N failed, N skipped`. The line also goes to the file that TEST_TOTALS_FILE names.
 */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const broken = modules.filter((module) => module.errors().length > 0).length + unhandledErrors.length;
    const skipped = tests.filter((test) => test.result().state === 'skipped');
    const failed = tests.filter((test) => test.result().state === 'failed').length;
    const passed = tests.filter((test) => test.result().state === 'passed').length;
    const totals = `${passed} passed, ${failed + broken} failed, ${skipped.length} skipped`;
    const list = skipped.length === 0 ? [] : ['Skipped:', ...skippedLines(skipped), ''];
    process.stdout.write(`${[...list, totals].join('\n')}\n`);
    const { TEST_TOTALS_FILE: file } = process.env;
    if (file !== undefined && file !== '') writeFileSync(file, `${totals}\n`);
  }
}

/** One line a reason and file: the reason is the note of `context.skip`, or stands in the suite's name. */
function skippedLines(skipped: readonly TestCase[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const test of skipped) {
    const line = `${relative(process.cwd(), test.module.moduleId)}: ${reasonOf(test)}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, count]) => `  ${line}${count === 1 ? '' : ` (${count} tests)`}`);
}

function reasonOf(test: TestCase): string {
  const result = test.result();
  const note = result.state === 'skipped' ? result.note : undefined;
  return note ?? /\[skipped: ([^\]]+)\]/.exec(test.fullName)?.[1] ?? `${test.fullName} says no reason`;
}
