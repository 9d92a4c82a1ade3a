/** A minute of the kill-loop; three minutes are its own default. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PROJECT, Sandbox } from '../e2e/support.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.create();
});
afterEach(() => sandbox.dispose());

it('loses nothing while nodes are killed', async () => {
  const outcome = await new Promise<{ code: unknown; output: string }>((done) => {
    const args = [join(PROJECT, 'scripts', 'kill-loop.mjs'), '--minutes', '1'];
    const env = { ...process.env, TMPDIR: sandbox.temp };
    execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : (error.code ?? error.signal), output: stdout + stderr });
    });
  });
  expect(outcome.code, outcome.output).toBe(0);
  expect(outcome.output).toContain('nothing was lost');
});
