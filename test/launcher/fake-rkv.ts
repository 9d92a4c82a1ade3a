/**
 * A whole `rkv` for tests of processes: `cluster supervise` and `up` are the launcher's own code
 * with fake nodes and a probe that always answers. `up` prints its view, then stays if it
 * is in the foreground.
 */
import { thisProgram } from '../../src/launcher/child.js';
import { loadClusterSpec } from '../../src/launcher/spec.js';
import { supervise, up } from '../../src/launcher/up.js';
import { FAKE } from './support.js';

const probe = async (): Promise<readonly number[]> => [1];
const [verb, second] = process.argv.slice(2);

async function run(): Promise<void> {
  if (verb === 'cluster' && second === 'supervise') {
    process.exit(await supervise(FAKE, probe));
  }
  const spec = await loadClusterSpec({ env: {}, flags: { name: 't', nodes: 2, ports: 'auto' } });
  const result = await up({
    spec,
    home: process.env.RKV_HOME ?? '',
    program: second === '-d' ? thisProgram() : FAKE,
    detach: second === '-d',
    waitMs: 20_000,
    onProgress: () => undefined,
    probe,
  });
  process.stdout.write(`${result.kind} ${JSON.stringify(result.view)}\n`);
  if (result.kind === 'foreground') process.exit(await result.ended);
}

await run().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(9);
});
