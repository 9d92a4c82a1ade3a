/**
 * Finds what a file imports: statements, re-exports, dynamic imports and types by `import('…')`.
 */
import { lineOf } from './scan.mjs';

/** A specifier follows one of these: `from`, a bare `import`, `import(`, `require(`. */
const BEFORE = /(?:\bfrom|\bimport|\bimport\s*\(|\brequire\s*\()\s*$/;

/**
 * @param {import('./scan.mjs').Scan} scanned
 * @returns {{ specifier: string, line: number }[]}
 */
export function importsOf({ source, code, spans }) {
  const found = [];
  for (const { kind, start, end } of spans) {
    if (kind !== 'string') continue;
    if (!BEFORE.test(code.slice(Math.max(0, start - 60), start))) continue;
    found.push({ specifier: source.slice(start + 1, end - 1), line: lineOf(source, start) });
  }
  return found;
}

/** `@grpc/grpc-js/x` belongs to the package `@grpc/grpc-js`. @param {string} specifier */
export function packageOf(specifier) {
  const parts = specifier.split('/');
  return parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}
