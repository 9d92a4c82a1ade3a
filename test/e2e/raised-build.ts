/**
 * The next version of rkv, as far as others can see: a copy of the built package that speaks one
 * cluster version more and reads entries of one rule version more. With RKV_RAISED_ENTRIES it also
 * writes them, against the rule that no new kind is proposed before every node reads it.
 */
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from './support.js';

/** File of dist/src, what stands there, what the next version has instead. */
const CHANGES: readonly (readonly [file: string, from: string, to: string])[] = [
  ...['birth', 'peer-link', 'registration'].map(
    (name) =>
      [
        `node/${name}.js`,
        '{ min: CLUSTER_VERSION, max: CLUSTER_VERSION }',
        '{ min: CLUSTER_VERSION, max: CLUSTER_VERSION + 1 }',
      ] as const,
  ),
  [
    'wire/entry/codec.js',
    'out.byte(ENTRY_VERSION)',
    'out.byte(process.env.RKV_RAISED_ENTRIES ? ENTRY_VERSION + 1 : ENTRY_VERSION)',
  ],
  ['wire/entry/codec.js', 'version !== ENTRY_VERSION', 'version > ENTRY_VERSION + 1'],
];

/** Gives the launcher of the copy in `folder`. Throws when the build lacks a line to patch. */
export async function raisedBuild(folder: string): Promise<string> {
  for (const part of ['dist', 'bin', 'package.json']) {
    await cp(join(PROJECT, part), join(folder, part), { recursive: true });
  }
  await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
  for (const [file, from, to] of CHANGES) {
    const path = join(folder, 'dist', 'src', file);
    const text = await readFile(path, 'utf8');
    if (text.split(from).length !== 2) throw new Error(`${file} no longer holds ${from} once`);
    await writeFile(path, text.replace(from, to));
  }
  return join(folder, 'bin', 'run.js');
}
