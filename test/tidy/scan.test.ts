import { describe, expect, it } from 'vitest';
import { functionsOf } from '../../scripts/tidy/functions.mjs';
import { importsOf, packageOf } from '../../scripts/tidy/imports.mjs';
import { commentsOf, lineOf, scan } from '../../scripts/tidy/scan.mjs';
import { wrapComments } from '../../scripts/tidy/wrap.mjs';

const codeOf = (source: string): string => scan(source).code.replace(/\s+/g, ' ').trim();

describe('scan', () => {
  it('blanks strings, comments and template text, and keeps length and lines', () => {
    const source = `const a = 'await'; // await\n/* await\n await */ const b = "await\\"await";`;
    const { code } = scan(source);
    expect(code).toHaveLength(source.length);
    expect(code.split('\n')).toHaveLength(3);
    expect(code).not.toContain('await');
    expect(code).toContain('const a =');
    expect(code).toContain('const b =');
  });

  it('sees the code inside a template, also nested, and not its text', () => {
    const source = 'const t = `await ${one(`await ${two({ a: `x` })} }`)} await`; three();';
    const code = codeOf(source);
    expect(code).toContain('one(');
    expect(code).toContain('two({ a:');
    expect(code).toContain('three();');
    expect(code).not.toContain('await');
  });

  it('tells a regular expression from a division', () => {
    expect(codeOf('x.replace(/[\'"`]/g, y); await z;')).toContain('await z;');
    expect(codeOf('const half = a / 2; const s = "/"; b / c;')).toContain('b / c;');
    expect(codeOf('return /[/]\'/.test(x); go("\'");')).toContain('go(');
    expect(codeOf('const n = f(x) / g; // c\nlist[0] / 2;')).toContain('list[0] / 2;');
  });

  it('gives comments with their lines', () => {
    const scanned = scan('a;\n// one\nb; /* two */');
    const comments = commentsOf(scanned).map(({ text, start }) => [
      text,
      lineOf(scanned.source, start),
    ]);
    expect(comments).toEqual([
      ['// one', 2],
      ['/* two */', 3],
    ]);
  });
});

describe('importsOf', () => {
  it('finds every form and nothing in strings or comments', () => {
    const source = [
      "import a from './a.js';",
      "import type { B } from './b.js';",
      "import {\n  c,\n} from '../c.js';",
      "import './d.js';",
      "export { e } from './e.js';",
      "export * from './f.js';",
      "const g = await import('./g.js');",
      "type H = import('./h.js').H;",
      "// import z from './z.js';",
      "const text = 'import y from ./y.js';",
      'const more = `from ${"./x.js"}`;',
      "Array.from('./w.js');",
    ].join('\n');
    expect(importsOf(scan(source)).map(({ specifier }) => specifier)).toEqual(
      ['./a', './b', '../c', './d', './e', './f', './g', './h'].map((path) => `${path}.js`),
    );
  });

  it('names packages without their sub-paths', () => {
    expect(packageOf('@grpc/grpc-js/build/x')).toBe('@grpc/grpc-js');
    expect(packageOf('yaml/util')).toBe('yaml');
  });
});

describe('functionsOf', () => {
  const sizes = (source: string): number[] => functionsOf(scan(source).code).map((f) => f.lines);

  it('finds declarations, methods, arrows and return types', () => {
    expect(sizes('function a() {\n  x;\n}')).toEqual([3]);
    expect(sizes('const a = (b: { c: number }): Map<string, { d: 1 }> => {\n\n};')).toEqual([3]);
    expect(sizes('class A {\n  b(c: D): asserts c is { e: 1 } {\n  }\n}')).toEqual([2]);
    expect(sizes('function a(): (b: C) => D {\n  x;\n}')).toEqual([3]);
    expect(sizes('const a = async () => {\n  x;\n};')).toEqual([3]);
  });

  it('takes no block, ternary or case for a function', () => {
    expect(sizes('if (a) {\n}\nfor (const a of b) {\n}\nwhile (c) {\n}')).toEqual([]);
    expect(
      sizes('const a = b ? (c) : { d: 1 };\nswitch (e) {\n  case f(1): return { g };\n}'),
    ).toEqual([]);
  });
});

describe('wrapComments', () => {
  it('breaks what is too wide, joins the rest of the paragraph and keeps code', () => {
    const word = 'word '.repeat(25).trim();
    const wrapped = wrapComments(
      scan(`/** ${word} */\n/**\n * ${word}\n * tail\n */\nconst a = 1;`),
    );
    expect(Math.max(...wrapped.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(wrapped.match(/word/g)).toHaveLength(50);
    expect(wrapped).toContain('word tail\n */\nconst a = 1;');
  });
});
