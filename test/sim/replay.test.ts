/** The same seed gives the same trace, bit for bit, in whichever process it runs. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../scripts/sim.mjs', import.meta.url));

/** The last line names the hash of everything that happened. */
async function traceOf(seed: number): Promise<string> {
  const { stdout } = await run(process.execPath, [script, '--seed', String(seed)], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.trim().split('\n').at(-1) ?? '';
}

describe('a seed', () => {
  it('gives the same trace in two processes', async () => {
    const [first, second] = await Promise.all([traceOf(148), traceOf(148)]);
    expect(first).toMatch(/^seed 148: trace [0-9a-f]{16}, \d+ events$/);
    expect(second).toBe(first);
  }, 170_000);
});

describe('npm run sim', () => {
  it.each([
    [['--seed', 'abc'], /--seed must be a whole number/],
    [['--seeds', '-1'], /--seeds/],
    [['--sedes', '3'], /--sedes/],
  ])('refuses %s with a sentence and exit code 2', async (args, sentence) => {
    const failed = run(process.execPath, [script, ...args]);
    await expect(failed).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(sentence),
    });
  });
});
