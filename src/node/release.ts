/** The release this build is, as in package.json. */
import { readFileSync } from 'node:fs';

const here = import.meta.url;
/** From src/node (tests) and from dist/src/node (built). */
const CANDIDATES = ['../../package.json', '../../../package.json'];

function readRelease(): string {
  for (const candidate of CANDIDATES) {
    try {
      const text = readFileSync(new URL(candidate, here), 'utf8');
      const { name, version } = JSON.parse(text) as { name?: string; version?: string };
      if (name === 'rkv' && version !== undefined) return version;
    } catch {
      // Not at this depth: the other one is tried.
    }
  }
  return 'unknown';
}

export const RELEASE = readRelease();
