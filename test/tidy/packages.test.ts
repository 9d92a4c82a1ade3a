/**
 * What `npm ci` will fetch and run: exactly what package-lock.json pins, and no script of a package
 * that nobody allowed. Whether a pinned package has a known hole is for `npm audit`, which needs a
 * registry that answers it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const manifest = read('package.json');
const lock = read('package-lock.json') as { packages: Record<string, Locked & typeof manifest> };
const { '': root, ...installed } = lock.packages;
const packages = Object.entries(installed as Record<string, Locked>);
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 13);

describe('package-lock.json', () => {
  it('is in step with package.json', () => {
    for (const field of ['name', 'version', 'dependencies', 'devDependencies', 'engines']) {
      expect(root[field], field).toEqual(manifest[field]);
    }
  });

  it('pins every package, native ones too, by version and SHA-512; none from git or a file', () => {
    expect(packages.length).toBeGreaterThan(100);
    for (const [path, { version, integrity, resolved, link }] of packages) {
      expect(version, path).toMatch(/^\d+\.\d+\.\d+/);
      expect(integrity, path).toMatch(/^sha512-/);
      expect(link, path).toBeUndefined();
      if (resolved !== undefined) expect(resolved, path).toMatch(/^https:.*\.tgz$/);
    }
  });

  it('runs no install script that package.json does not decide about', () => {
    const scripted = packages
      .filter(([, one]) => one.hasInstallScript)
      .map(([path]) => nameOf(path));
    const decided = Object.keys(manifest.allowScripts);
    expect([...new Set(scripted)].filter((name) => !decided.includes(name))).toEqual([]);
    expect(manifest.allowScripts['classic-level']).toBe(false);
  });
});
