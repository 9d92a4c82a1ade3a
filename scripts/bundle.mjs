/**
 * Puts the commands, oclif and the gRPC client into a few files: a process that answers one command
 * and ends spends most of its life resolving hundreds of small modules (docs/adr/0010). The node
 * itself stays as the compiler left it, and so does what a command loads only when it needs it.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, 'dist');
const BUNDLED = ['@oclif/core', '@grpc/grpc-js'];
/** oclif asks for these where it finds them; we have none in use. */
const OPTIONAL = ['ts-node', 'typescript', 'tsx', '@swc/*'];

/** CommonJS inside of a module: what such code expects to find. */
const BANNER = [
  "import { createRequire as requireOf } from 'node:module';",
  "import { dirname as folderOf } from 'node:path';",
  "import { fileURLToPath as pathOf } from 'node:url';",
  'const require = requireOf(import.meta.url);',
  'const __filename = pathOf(import.meta.url);',
  'const __dirname = folderOf(__filename);',
].join('\n');

/** `serve` runs dist/src/node, the very files that the library exports. */
const nodeStaysOutside = {
  name: 'node-stays-outside',
  setup(bundler) {
    bundler.onResolve({ filter: /\/src\/node\// }, ({ path }) => ({ path, external: true }));
  },
};

const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const commands = readdirSync(join(ROOT, 'commands'), { recursive: true })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => join(ROOT, 'commands', name));

rmSync(join(DIST, 'chunks'), { recursive: true, force: true });
await build({
  absWorkingDir: ROOT,
  entryPoints: [...commands, join(ROOT, 'src', 'cli', 'main.ts')].map((path) =>
    relative(ROOT, path),
  ),
  outbase: ROOT,
  outdir: DIST,
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  sourcesContent: false,
  banner: { js: BANNER },
  plugins: [nodeStaysOutside],
  external: [...Object.keys(dependencies).filter((name) => !BUNDLED.includes(name)), ...OPTIONAL],
  logLevel: 'warning',
});
