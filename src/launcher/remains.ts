/**
 * Removing what a cluster left behind: data of a start that never came up, processes, whole
 * clusters.
 */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../base/lockfile.js';
import { removeControl } from './control.js';
import { clusterDir } from './home.js';
import type { ClusterPlan } from './plan.js';
import type { ClusterRecord } from './record.js';

/**
 * Removes data directories that this cluster made, and no others: a directory given by --data-dir
 * may be anybody's, and only one that says so in its node.json is ours.
 */
export async function removeNewData(record: ClusterRecord): Promise<void> {
  for (const { dataDir } of record.nodes) {
    if ((await clusterIdOf(dataDir)) !== record.clusterId) continue;
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function clusterIdOf(dataDir: string): Promise<string | null> {
  try {
    const identity: unknown = JSON.parse(await readFile(join(dataDir, 'node.json'), 'utf8'));
    return String((identity as { clusterId?: unknown }).clusterId);
  } catch {
    return null;
  }
}

/** Before a new start: what a killed supervisor could not remove itself. */
export async function removeRemains(plan: ClusterPlan): Promise<void> {
  if (plan.previous === null) return;
  await endOrphans(plan.previous);
  if (!plan.previous.born) await removeNewData(plan.previous);
}

/**
 * What a killed supervisor left running or lying about: nodes that it, or somebody, had paused, and
 * its socket.
 */
export async function endOrphans(record: ClusterRecord): Promise<void> {
  await endProcesses(record);
  if (record.control !== null) await removeControl(record.control);
}

/**
 * Kills node processes that outlived their supervisor: they end by themselves, unless they hang or
 * were stopped. Resolves when they are gone.
 */
export async function endProcesses(record: ClusterRecord): Promise<number> {
  const left = record.nodes.flatMap(({ process: mark }) => (mark && isAlive(mark) ? [mark] : []));
  for (const mark of left) {
    try {
      process.kill(mark.pid, 'SIGKILL');
    } catch {
      // gone between the look and the signal
    }
  }
  const deadline = performance.now() + 5000;
  while (left.some(isAlive) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return left.length;
}

/** Removes a cluster that nobody runs: processes, socket, data, records and logs. */
export async function wipeCluster(home: string, record: ClusterRecord): Promise<void> {
  await endOrphans(record);
  await removeNewData(record);
  if (record.readyFile !== null) await rm(record.readyFile, { force: true });
  await rm(clusterDir(home, record.name), { recursive: true, force: true });
}
