/** Plants one violation at a time in a copy of nothing but it, and expects the gate to name it. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPTS = resolve(import.meta.dirname, '../../scripts');
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rkv-tidy-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function plant(path: string, source: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), source);
}

/** What a gate prints about the planted tree, and how it exits. */
function gate(script: string): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    execFile(process.execPath, [join(SCRIPTS, script), root], (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
  });
}

const lines = (count: number): string => Array.from({ length: count }, () => '  go();').join('\n');

interface Planted {
  readonly what: string;
  readonly script: 'check-imports.mjs' | 'tidy.mjs';
  readonly path: string;
  readonly source: string;
  readonly names: RegExp;
}

const imports = (path: string, specifier: string, names: RegExp): Planted => ({
  what: `${path} importing ${specifier}`,
  script: 'check-imports.mjs',
  path,
  source: `// why\nimport type { X } from '${specifier}';\nexport type Y = X;\n`,
  names,
});

const untidy = (what: string, path: string, source: string, names: RegExp): Planted => ({
  what,
  script: 'tidy.mjs',
  path,
  source,
  names,
});

const PLANTED: readonly Planted[] = [
  imports('src/raft/a.ts', '../kv/reply.js', /src\/raft\/a\.ts:2.*raft may not import kv\/reply/),
  imports('src/base/a.ts', '../kv/reply.js', /base may not import kv\/reply/),
  imports('src/client/a.ts', '../host/host.js', /client may not import host\/host/),
  imports('src/api/http/a.ts', '../../wire/codec.js', /api may not import wire\/codec/),
  imports('src/log/a.ts', '../replica/replica.js', /log may not import replica\/replica/),
  imports('src/log/a.ts', 'level', /log may not use level/),
  imports('src/machine/a.ts', '@grpc/grpc-js', /machine may not use @grpc\/grpc-js/),
  imports('src/raft/a.ts', 'node:fs', /raft may not import Node's modules/),
  imports('src/kv/a.ts', '../base/ids', /must end in \.js/),
  imports('src/elsewhere/a.ts', '../base/ids.js', /no row of the import table/),
  imports('commands/get.ts', '../src/node/node.js', /commands may not import node\/node/),
  untidy('401 lines', 'src/raft/a.ts', `${lines(401)}\n`, /a\.ts: 401 lines/),
  untidy('a function of 71 lines', 'src/log/a.ts', `function f() {\n${lines(69)}\n}\n`, /71 lines/),
  untidy('Date.now in src/raft', 'src/raft/a.ts', 'x();\nf(Date.now());\n', /a\.ts:2: Date\.now/),
  untidy('await in src/raft', 'src/raft/a.ts', 'x();\nawait y();\n', /a\.ts:2: await/),
  untidy('new Date in src/machine/store', 'src/machine/store/a.ts', 'new Date();\n', /new Date/),
  untidy('async in src/machine', 'src/machine/apply.ts', 'async () => 1;\n', /apply\.ts:1: async/),
  untidy('Math.random in src/shard', 'src/shard/a.ts', 'Math.random();\n', /Math\.random/),
  untidy('a timer in src/raft', 'src/raft/a.ts', 'setTimeout(f, 1);\n', /a timer/),
  untidy('node: in a pure folder', 'src/shard/a.ts', "import 'node:fs';\n", /'node:fs' in a pure/),
  untidy('a barrel', 'src/host/all.ts', "export * from './a.js';\n", /all\.ts: a barrel/),
  untidy('an index file', 'src/host/index.ts', "export { a } from './a.js';\nf();\n", /barrels/),
  untidy('a leftover', 'src/host/a.ts', `f(); // ${'TO'}${'DO'}: later\n`, /a\.ts:1: TODO left/),
  untidy('a line too wide', 'src/host/a.ts', `// ${'w '.repeat(50)}\n`, /a\.ts:1: wider/),
  untidy('a dead file', 'src/host/a.ts', 'f();\n', /a\.ts: dead/),
  untidy('a running port', 'src/host/ports.ts', 'export const a = 1;\n', /a port holds types only/),
  untidy('a port without its suite', 'src/machine/ports.ts', '', /ordered-store\.ts is missing/),
  untidy('a blob', 'docs/picture.png', 'x'.repeat(600_000), /picture\.png: 600000 bytes/),
];

describe('the gates', () => {
  it.each(PLANTED)('name $what', async ({ script, path, source, names }) => {
    await plant(path, source);
    const { code, output } = await gate(script);
    expect(output).toMatch(names);
    expect(code).toBe(1);
  });

  it('let what is allowed pass', async () => {
    await plant('commands/get.ts', "// why\nimport { a } from '../src/client/a.js';\na();\n");
    await plant('src/client/a.ts', "// why: await Date.now()\nexport const a = 'TODO await';\n");
    await plant('src/machine/store/read.ts', 'export const b = async () => 1;\n');
    await plant(
      'test/machine/store/read.test.ts',
      "import '../../../src/machine/store/read.js';\n",
    );
    expect(await gate('check-imports.mjs')).toEqual({ code: 0, output: '' });
    expect(await gate('tidy.mjs')).toEqual({ code: 0, output: '' });
  });
});
