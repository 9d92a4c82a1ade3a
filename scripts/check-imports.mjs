/**
 * Checks every import of src/ and commands/ against scripts/import-table.mjs; type imports count.
 * `node scripts/check-imports.mjs [root]` prints what is forbidden, one a line, and exits 1 then.
 */
import { dirname, join } from 'node:path/posix';
import { pathToFileURL } from 'node:url';
import { COMMANDS_TABLE, IMPORT_TABLE } from './import-table.mjs';
import { isCode, projectFiles, report } from './tidy/files.mjs';
import { importsOf, packageOf } from './tidy/imports.mjs';

const holds = (path, row) => row === '' || path === row || path.startsWith(`${row}/`);
const withoutEnding = (path) => path.replace(/\.(ts|js|mjs)$/, '');

/** The row that speaks for a file, and the file's path inside the table's folder. */
function rowOf(path) {
  const bare = withoutEnding(path);
  const [table, inside] = bare.startsWith('src/')
    ? [IMPORT_TABLE, bare.slice('src/'.length)]
    : [COMMANDS_TABLE, bare.slice('commands/'.length)];
  return { row: table.find((row) => holds(inside, row.path)), inside };
}

/** Why this import is forbidden, or null. */
function problem(file, row, specifier) {
  if (specifier.startsWith('node:')) {
    return row.node ? null : `${row.path} may not import Node's modules`;
  }
  if (!specifier.startsWith('.')) {
    const name = packageOf(specifier);
    return row.packages.includes(name) ? null : `${row.path || 'commands'} may not use ${name}`;
  }
  if (!/\.(js|mjs)$/.test(specifier)) return 'an import of a file must end in .js';
  const target = withoutEnding(join(dirname(file.path), specifier));
  if (target.startsWith('commands/') && file.path.startsWith('commands/')) return null;
  if (!target.startsWith('src/')) return `${target} is outside src`;
  const inside = target.slice('src/'.length);
  const own = file.path.startsWith('src/') && holds(inside, row.path);
  if (own || row.may.some((allowed) => holds(inside, allowed))) return null;
  return `${row.path || 'commands'} may not import ${inside}`;
}

/** @param {import('./tidy/files.mjs').ProjectFile[]} files @returns {string[]} */
export function checkImports(files) {
  const findings = [];
  for (const file of files) {
    if (!isCode(file) || !/^(src|commands)\//.test(file.path)) continue;
    const { row, inside } = rowOf(file.path);
    if (row === undefined) {
      findings.push(`${file.path}: no row of the import table speaks for ${inside}`);
      continue;
    }
    for (const { specifier, line } of importsOf(file.scan())) {
      const why = problem(file, row, specifier);
      if (why !== null) findings.push(`${file.path}:${line}: '${specifier}': ${why}`);
    }
  }
  return findings;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  report('imports', checkImports(projectFiles(process.argv[2] ?? process.cwd())));
}
