/** Where local clusters live on this machine, and what their names may be. */
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { RkvError } from '../kv/errors.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export const DEFAULT_CLUSTER = 'default';
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** RKV_HOME, else $XDG_STATE_HOME/rkv, else ~/.local/state/rkv. */
export function rkvHome(env: Environment = process.env): string {
  if (env.RKV_HOME) return resolve(env.RKV_HOME);
  if (env.XDG_STATE_HOME) return resolve(env.XDG_STATE_HOME, 'rkv');
  return join(env.HOME || homedir(), '.local', 'state', 'rkv');
}

export const clustersDir = (home: string): string => join(home, 'clusters');
export const clusterDir = (home: string, name: string): string => join(clustersDir(home), name);

/** Throws USAGE for a name that could not be a folder's on every system. */
export function mustBeClusterName(name: string): string {
  if (NAME.test(name)) return name;
  throw new RkvError(
    'USAGE',
    `'${name}' is no cluster name: letters, digits, dot, dash and underscore, at most 63`,
  );
}

/** Names of all recorded clusters, sorted; none when there is no such folder yet. */
export function clusterNames(home: string): string[] {
  try {
    return readdirSync(clustersDir(home))
      .filter((name) => NAME.test(name))
      .sort();
  } catch {
    return [];
  }
}
