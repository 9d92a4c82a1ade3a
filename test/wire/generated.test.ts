import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { rkv } from '../../src/wire/generated/peer.js';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

test('the committed codecs are those of the .proto files', { timeout: 120_000 }, () => {
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'gen-proto.mjs'), '--check']);
});

test('64-bit fields are plain numbers, and above 2^53 no safe ones', () => {
  const most = rkv.raft.Quiesce.encode({ commit: Number.MAX_SAFE_INTEGER }).finish();
  expect(rkv.raft.Quiesce.decode(most).commit).toBe(Number.MAX_SAFE_INTEGER);
  // Field 1, varint of ten bytes: 2^64 - 1.
  const over = Uint8Array.from([0x08, ...Array(9).fill(0xff), 0x01]);
  const { commit } = rkv.raft.Quiesce.decode(over);
  expect(commit).toBeTypeOf('number');
  expect(Number.isSafeInteger(commit)).toBe(false);
});
