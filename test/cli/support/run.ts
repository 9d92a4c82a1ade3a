/** Runs a command in this process, as `rkv …` would, with stdout and stderr caught. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from '@oclif/core';
import { vi } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

export async function runCommand(command: typeof Command, argv: readonly string[]): Promise<Ran> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const into = (chunks: Buffer[]) => (chunk: unknown) => {
    chunks.push(Buffer.from(chunk as string | Uint8Array));
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(into(out)),
    vi.spyOn(process.stderr, 'write').mockImplementation(into(err)),
  ];
  process.exitCode = undefined;
  try {
    const runnable = command as unknown as { run(argv: string[], root: string): Promise<unknown> };
    await runnable.run([...argv], ROOT);
    const code = Number(process.exitCode ?? 0);
    return {
      stdout: Buffer.concat(out).toString('latin1'),
      stderr: Buffer.concat(err).toString('utf8'),
      code,
    };
  } finally {
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}
