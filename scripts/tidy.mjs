/**
 * The house rules that neither compiler nor linter knows: sizes, banned calls in pure folders, no
 * barrels, no leftovers, no dead files, ports with suites. `node scripts/tidy.mjs [root]` prints
 * one finding a line and exits 1 if there is one.
 */
import { dirname, join } from 'node:path/posix';
import { pathToFileURL } from 'node:url';
import { ALLOWED_BARRELS } from './import-table.mjs';
import { isCode, projectFiles, report } from './tidy/files.mjs';
import { functionsOf } from './tidy/functions.mjs';
import { importsOf } from './tidy/imports.mjs';
import {
  CAPPED_FUNCTIONS,
  ENTRIES,
  LARGE_BY_NATURE,
  LEFTOVERS,
  MAX_COLUMNS,
  MAX_FILE_BYTES,
  MAX_FILE_LINES,
  MAX_FUNCTION_LINES,
  NOT_A_PORT,
  PORT_SUITES,
  PURE_FOLDERS,
} from './tidy/rules.mjs';
import { commentsOf, lineOf } from './tidy/scan.mjs';

const startsWithOneOf = (path, starts) => starts.some((start) => path.startsWith(start));

function* tooLarge(file) {
  if (file.bytes > MAX_FILE_BYTES && !LARGE_BY_NATURE.includes(file.path)) {
    yield `${file.path}: ${file.bytes} bytes, at most ${MAX_FILE_BYTES} are allowed`;
  }
}

function* tooLong(file) {
  const lines = file.read().replace(/\n$/, '').split('\n').length;
  if (lines > MAX_FILE_LINES) {
    yield `${file.path}: ${lines} lines, at most ${MAX_FILE_LINES} are allowed`;
  }
}

function* longFunctions(file) {
  if (!startsWithOneOf(file.path, CAPPED_FUNCTIONS)) return;
  for (const { line, lines, name } of functionsOf(file.scan().code)) {
    if (lines <= MAX_FUNCTION_LINES) continue;
    yield `${file.path}:${line}: ${name} has ${lines} lines, at most ${MAX_FUNCTION_LINES} are allowed`;
  }
}

/** Columns count without the text of strings: a message or a table's sentence may run on. */
function* wideLines(file) {
  const { source, spans } = file.scan();
  const text = new Map();
  for (const { kind, start, end } of spans) {
    if (kind === 'comment') continue;
    const line = lineOf(source, start);
    text.set(line, (text.get(line) ?? 0) + source.slice(start, end).split('\n')[0].length);
  }
  for (const [index, line] of source.split('\n').entries()) {
    if (line.length <= MAX_COLUMNS || insideTemplate(source, spans, index + 1)) continue;
    const columns = line.length - (text.get(index + 1) ?? 0);
    if (columns > MAX_COLUMNS) yield `${file.path}:${index + 1}: wider than ${MAX_COLUMNS} columns`;
  }
}

function insideTemplate(source, spans, line) {
  return spans.some(
    ({ kind, start, end }) =>
      kind === 'template' && lineOf(source, start) < line && lineOf(source, end) >= line,
  );
}

function* bannedCalls(file) {
  const rule = PURE_FOLDERS.find(({ folder }) => file.path.startsWith(folder));
  if (rule === undefined) return;
  const { code } = file.scan();
  const excepted = rule.exceptions.some(
    ({ path }) => file.path === path || (path.endsWith('/') && file.path.startsWith(path)),
  );
  for (const { pattern, name, instead, waits } of rule.banned) {
    if (excepted && waits === true) continue;
    for (const { index } of code.matchAll(pattern)) {
      yield `${file.path}:${lineOf(code, index)}: ${name} in a pure folder: ${instead}`;
    }
  }
  for (const { specifier, line } of importsOf(file.scan())) {
    if (specifier.startsWith('node:')) {
      yield `${file.path}:${line}: '${specifier}' in a pure folder`;
    }
  }
}

/** A barrel only hands on what others export. */
function* barrels(file) {
  if (!file.path.startsWith('src/') || ALLOWED_BARRELS.includes(file.path)) return;
  const { code } = file.scan();
  const handsOn = /\bexport\s+(?:type\s+)?(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})\s+from\s+'[^']*';?/g;
  const rest = code.replace(handsOn, '').trim();
  if (rest === '' && code.trim() !== '') yield `${file.path}: a barrel: import the file itself`;
  else if (/(?:^|\/)index\.ts$/.test(file.path)) yield `${file.path}: index files are barrels`;
}

function* leftovers(file) {
  const pattern = new RegExp(`\\b(?:${LEFTOVERS.join('|')})\\b`);
  const { source } = file.scan();
  for (const { text, start } of commentsOf(file.scan())) {
    const found = pattern.exec(text);
    if (found !== null) {
      yield `${file.path}:${lineOf(source, start + found.index)}: ${found[0]} left in a comment`;
    }
  }
}

/** ports.ts holds types: what runs belongs to an adapter. */
function* runningPorts(file) {
  if (!/^src\/.*\/ports\.ts$/.test(file.path) || NOT_A_PORT.includes(file.path)) return;
  const { code } = file.scan();
  const found = /^(?:export\s+)?(?:const|let|function|class)\b/m.exec(code);
  if (found !== null) yield `${file.path}:${lineOf(code, found.index)}: a port holds types only`;
}

const FILE_RULES = [
  tooLong,
  longFunctions,
  wideLines,
  bannedCalls,
  barrels,
  leftovers,
  runningPorts,
];

/** Everything an import can mean in this tree: `.js` stands for the `.ts` beside it. */
function targetsOf(path, specifier) {
  const target = join(dirname(path), specifier).replace(/^dist\//, '');
  return [target, target.replace(/\.js$/, '.ts'), target.replace(/\.js$/, '.d.ts')];
}

function deadFiles(files) {
  const known = new Map(files.filter(isCode).map((file) => [file.path, file]));
  const reached = new Set([...known.keys()].filter((path) => ENTRIES.some((e) => e.test(path))));
  for (const path of reached) {
    for (const { specifier } of importsOf(known.get(path).scan())) {
      if (!specifier.startsWith('.')) continue;
      for (const target of targetsOf(path, specifier)) if (known.has(target)) reached.add(target);
    }
  }
  return [...known.keys()]
    .filter((path) => !reached.has(path))
    .map((path) => `${path}: dead: no command, script, test or public door reaches it`);
}

function missingSuites(files) {
  const paths = new Set(files.map(({ path }) => path));
  const findings = [];
  for (const { port, suite } of PORT_SUITES) {
    if (paths.has(port) && !paths.has(suite)) {
      findings.push(`${port}: its conformance suite ${suite} is missing`);
    }
  }
  return findings;
}

/** @param {import('./tidy/files.mjs').ProjectFile[]} files @returns {string[]} */
export function tidy(files) {
  const findings = files.flatMap((file) => [...tooLarge(file)]);
  for (const file of files.filter(isCode)) {
    for (const rule of FILE_RULES) findings.push(...rule(file));
  }
  return [...findings, ...deadFiles(files), ...missingSuites(files)];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  report('tidy', tidy(projectFiles(process.argv[2] ?? process.cwd())));
}
