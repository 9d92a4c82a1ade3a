/** The README quotes the smoke script whole; what people copy is what the tests run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

it('README.md holds test/smoke.sh as it is', () => {
  const script = readFileSync(join(ROOT, 'test/smoke.sh'), 'utf8');
  expect(readFileSync(join(ROOT, 'README.md'), 'utf8')).toContain(`\`\`\`sh\n${script}\`\`\``);
});
