/**
 * What a node stands on before it meets anybody: log and store, the catalogue, and, at the birth of
 * a cluster, its first groups.
 */
import type { Clock } from '../base/clock.js';
import { META_GROUP, type NodeId } from '../base/ids.js';
import type { Host } from '../host/host.js';
import { MetaState } from '../meta/meta-state.js';
import type { Logger } from '../observe/logger.js';
import { type GroupPlan, initialGroups } from '../shard/bootstrap.js';
import { giveBirth, initialCatalogue } from './birth.js';
import type { Environment } from './environment.js';
import type { Failure } from './failure.js';
import type { DataDir } from './identity.js';
import { type NodeSpace, watchNodeSpace } from './space.js';
import { openStorage, type Storage } from './storage.js';
import type { NodeOptions } from './types.js';

export interface Assembly {
  readonly nodeOptions: NodeOptions;
  readonly logger: Logger;
  readonly self: NodeId;
  readonly dataDir: DataDir;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly failure: Failure;
  /** How to close what is open, in the order of opening. */
  readonly opened: (() => Promise<void>)[];
  /** Set once it stands: log, store and transport are open before it. */
  host: Host | null;
}

export interface Foundation {
  readonly storage: Storage;
  readonly space: NodeSpace;
  readonly meta: MetaState;
  readonly plans: readonly GroupPlan[];
  /** The groups were made by this very start. */
  readonly newborn: boolean;
}

export async function layFoundation(assembly: Assembly): Promise<Foundation> {
  const { nodeOptions, self, dataDir, opened } = assembly;
  const { options } = nodeOptions;
  const space = await watchNodeSpace(assembly);
  opened.push(async () => space.stop());
  const storage = await openNodeStorage(assembly);
  opened.push(() => storage.close());
  const founders = nodeOptions.bootstrap ?? new Map([[self, options.listenPeer]]);
  const plans = initialGroups([...founders.keys()], options.shards, options.replicas);
  const meta = new MetaState(initialCatalogue(options.clusterName, founders, plans));
  const newborn = !dataDir.identity.bootstrapped;
  if (newborn) {
    await giveBirth(self, plans, meta, storage.log, storage.state);
    await dataDir.markBootstrapped();
  } else if (storage.state.descriptors.has(META_GROUP)) {
    await meta.restore(storage.state.shard(META_GROUP));
  }
  return { storage, space, meta, plans, newborn };
}

function openNodeStorage(assembly: Assembly): Promise<Storage> {
  const { self, dataDir, nodeOptions, clock, logger, failure, environment } = assembly;
  return openStorage({
    newborn: !dataDir.identity.bootstrapped,
    dir: nodeOptions.options.dataDir,
    clusterId: dataDir.identity.clusterId,
    nodeId: self,
    options: nodeOptions.options,
    clock,
    environment,
    logger,
    onFatal: failure.report,
    hooks: {
      onFlushed: (groups) => assembly.host?.onFlushed(groups),
      onFatal: failure.report,
      onDrained: () => assembly.host?.onDrained(),
      onCorrupt: (group, what) => assembly.host?.duties.fence(group, what),
    },
  });
}
