/** A process that has closed its client ends by itself: nothing of it holds the event loop. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startFakeNode } from './support/fake-node.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

function end(script: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

const script = (address: string, body: string): string => `
  import { connect } from './src/index.ts';
  const client = await connect({ endpoints: ['${address}'], timeoutMs: 600000 - 1 });
  ${body}
  await client.close();
  console.log('closed');
`;

it('after calls, administration and a call that still waited', async () => {
  const node = await startFakeNode();
  try {
    const done = await end(
      script(node.address, "await client.set('k', 'v'); await client.admin.options();"),
    );
    expect(done).toEqual({ code: 0, output: 'closed\n' });
    node.behave(() => undefined);
    const waiting = await end(
      script(node.address, "client.get('k').catch((error) => console.log(error.code));"),
    );
    expect(waiting.code).toBe(0);
    expect(waiting.output.split('\n').sort()).toEqual(['', 'CANCELLED', 'closed']);
  } finally {
    await node.close();
  }
});
