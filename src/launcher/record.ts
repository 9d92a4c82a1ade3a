/**
 * cluster.json: what is known of a local cluster while nobody runs it, and who runs it. Written by
 * the supervisor alone, under the lock of the cluster's folder; everybody reads it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../base/atomic-file.js';
import { isAlive, type ProcessMark } from '../base/lockfile.js';
import type { OptionValue } from '../config/row.js';
import type { OptionName } from '../config/rows.js';
import { RkvError } from '../kv/errors.js';
import type { Addresses } from '../kv/status.js';
import { clusterDir } from './home.js';
import type { NodePorts } from './ports.js';

export const RECORD_FORMAT = 1;

export interface NodeRecord {
  readonly id: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly dataDir: string;
  readonly log: string;
  /** Null until a layout was chosen. */
  readonly ports: NodePorts | null;
  /** As reported by its process when it was last ready. */
  readonly addresses: Addresses | null;
  /** Its process, so that one that outlived everything can be found. */
  readonly process: ProcessMark | null;
}

export interface ClusterRecord {
  readonly format: number;
  readonly name: string;
  readonly clusterId: string;
  readonly createdAt: string;
  /** Options of all nodes that are not at their default; shards, replicas and engine among them. */
  readonly options: Partial<Record<OptionName, OptionValue>>;
  readonly nodes: readonly NodeRecord[];
  /** All nodes were up once: from here on ports and cluster id stay. */
  readonly born: boolean;
  readonly state: 'running' | 'starting' | 'stopped' | 'failed';
  readonly supervisor: ProcessMark | null;
  /** Path of the supervisor's socket. */
  readonly control: string | null;
  /** Its present or last run goes through proxies and takes faults. */
  readonly proxied?: boolean;
  /** Files written when ready, removed when stopped. */
  readonly readyFile: string | null;
}

const recordPath = (home: string, name: string): string =>
  join(clusterDir(home, name), 'cluster.json');

/** Null when there is none; CONFLICT when it cannot be understood. */
export function readRecord(home: string, name: string): ClusterRecord | null {
  let text: string;
  try {
    text = readFileSync(recordPath(home, name), 'utf8');
  } catch {
    return null;
  }
  try {
    const record = JSON.parse(text) as ClusterRecord;
    if (record.format === RECORD_FORMAT && Array.isArray(record.nodes)) return record;
  } catch {
    // told below, like another format
  }
  throw new RkvError('CONFLICT', `${recordPath(home, name)} is not of this version of rkv`, {
    hint: `rkv cluster down --wipe --name ${name}`,
  });
}

export function writeRecord(home: string, record: ClusterRecord): Promise<void> {
  const text = `${JSON.stringify(record, null, 2)}\n`;
  return replaceFile(recordPath(home, record.name), text);
}

/** The record of a cluster whose supervisor lives, else null. */
export function readLive(home: string, name: string): ClusterRecord | null {
  const record = readRecord(home, name);
  return record !== null && isSupervised(record) ? record : null;
}

export function isSupervised(record: ClusterRecord): boolean {
  return record.supervisor !== null && isAlive(record.supervisor);
}

/** What to say when a command needs a running cluster. */
export function noCluster(name: string): RkvError {
  return new RkvError('NO_CLUSTER', `no local cluster '${name}' is running`, {
    hint: `rkv cluster up --name ${name}`,
  });
}
