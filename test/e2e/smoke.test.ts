/** The script that the README quotes, run as a stranger would run it. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PROJECT, Sandbox } from './support.js';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.create();
});
afterEach(() => sandbox.dispose());

it('sh test/smoke.sh exits 0 and leaves nothing behind', { timeout: 200_000 }, async () => {
  const outcome = await new Promise<{ code: unknown; output: string }>((done) => {
    const rkv = `${process.execPath} ${join(PROJECT, 'bin', 'run.js')}`;
    const env = { ...process.env, RKV: rkv, TMPDIR: sandbox.temp, NO_COLOR: '1' };
    const script = join(PROJECT, 'test', 'smoke.sh');
    execFile('sh', [script], { env, timeout: 180_000 }, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : (error.code ?? error.signal), output: stdout + stderr });
    });
  });
  expect(outcome.code, outcome.output).toBe(0);
});
