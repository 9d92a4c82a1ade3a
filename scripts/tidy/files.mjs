/** The project's files as the checks see them: paths relative to a root, read and scanned once. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { scan } from './scan.mjs';

const SKIPPED = new Set(['node_modules', 'dist', '.git', 'coverage', 'data']);
const CODE = /\.(ts|mts|js|mjs|cjs)$/;

/**
 * @typedef {{ path: string, bytes: number, read: () => string, scan: () =>
 * import('./scan.mjs').Scan }} ProjectFile
 */

function walk(root, folder, paths) {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue;
    const path = folder === '' ? entry.name : join(folder, entry.name);
    if (entry.isDirectory()) walk(root, path, paths);
    else if (entry.isFile()) paths.push(path.split(sep).join('/'));
  }
}

/** @param {string} root @returns {ProjectFile[]} */
export function projectFiles(root) {
  const paths = [];
  if (existsSync(root)) walk(root, '', paths);
  return paths.sort().map((path) => projectFile(root, path));
}

function projectFile(root, path) {
  let source;
  let scanned;
  const read = () => {
    source ??= readFileSync(join(root, path), 'utf8');
    return source;
  };
  return {
    path,
    bytes: statSync(join(root, path)).size,
    read,
    scan() {
      scanned ??= scan(read());
      return scanned;
    },
  };
}

/** Code that people wrote: generated codecs are not. @param {ProjectFile} file */
export const isCode = (file) => CODE.test(file.path) && !file.path.includes('/generated/');

/**
 * Prints findings, one a line, and sets the exit code. @param {string} check @param {string[]}
 * findings
 */
export function report(check, findings) {
  for (const finding of findings) process.stdout.write(`${check}: ${finding}\n`);
  if (findings.length > 0) process.exitCode = 1;
}
