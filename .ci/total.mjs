/**
 * Adds up the reports of `npm run check` and `npm test` and prints the total as the last line. What
 * ran but left no report, or failed outside any test, counts as one failure.
 */
import { readFileSync } from 'node:fs';

const total = { passed: 0, failed: 0, skipped: 0 };

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    process.stdout.write(`no report: ${path}\n`);
    total.failed += 1;
    return null;
  }
}

/** A test file that could not run has no failed test of its own. */
const brokenFiles = (report) =>
  report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;

const [checkPath, testsPath] = process.argv.slice(2);
for (const { name, ok } of readJson(checkPath) ?? []) {
  total[ok ? 'passed' : 'failed'] += 1;
  if (!ok) process.stdout.write(`check failed: ${name}\n`);
}
const tests = readJson(testsPath);
if (tests !== null) {
  total.passed += tests.numPassedTests;
  total.failed += tests.numFailedTests + brokenFiles(tests);
  total.skipped += tests.numPendingTests + tests.numTodoTests;
  if (!tests.success && total.failed === 0) total.failed += 1;
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
