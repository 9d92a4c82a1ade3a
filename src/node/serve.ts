/** `rkv serve` below its flags: options from all sources, then a node in this process. */

import { mustHoldLimits, mustStayOnLoopback } from '../config/limits.js';
import { type LoadedOptions, loadOptions } from '../config/load.js';
import {
  bootstrapOfYaml,
  labelsOfYaml,
  parseBootstrap,
  parseLabels,
} from '../config/membership.js';
import { adoptRecorded, type Options } from '../config/options.js';
import type { OptionValue } from '../config/row.js';
import type { OptionName } from '../config/rows.js';
import { RkvError } from '../kv/errors.js';
import { createLog, type Logger } from '../observe/logger.js';
import { FaultBoard } from './faults/board.js';
import { takeOrders } from './faults/orders.js';
import { readIdentity } from './identity.js';
import { runNodeProcess } from './process.js';
import type { NodeOptions } from './types.js';

export interface ServeRequest {
  readonly file: string | undefined;
  readonly flags: Partial<Record<OptionName, OptionValue>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly bootstrap: string | undefined;
  readonly join: string | undefined;
  readonly labels: readonly string[];
  /** Takes faults of disk and clock from the launcher: for tests of a cluster on one machine. */
  readonly injectFaults?: boolean;
  /** '2=host:port,…': where to dial peers instead of where they say. */
  readonly dialPeers?: string | undefined;
}

/** Keys of a server file that are no options. */
export const SERVER_FILE_KEYS = ['labels', 'bootstrap', 'join'];

/** Resolves with the exit code of the process; rejects when the node does not start. */
export async function serve(request: ServeRequest): Promise<number> {
  const { nodeOptions, warn } = await resolveServe(request);
  const { options } = nodeOptions;
  const log = createLog({
    level: options.logLevel,
    format: options.logFormat,
    fields: { node: options.nodeId },
  });
  warn(log.logger);
  if (nodeOptions.faults !== undefined) {
    log.logger.warn({}, 'this node takes injected faults of its disk and clock');
    takeOrders(nodeOptions.faults);
  }
  return runNodeProcess(async () => {
    const { startNode } = await import('./node.js');
    return startNode(nodeOptions, log.logger);
  }, log);
}

export interface ResolvedServe {
  readonly nodeOptions: NodeOptions;
  /** Tells what was given but has no effect. */
  readonly warn: (logger: Logger) => void;
}

export async function resolveServe(request: ServeRequest): Promise<ResolvedServe> {
  const loaded = await loadOptions({
    file: request.file,
    extraKeys: SERVER_FILE_KEYS,
    env: request.env,
    flags: request.flags,
  });
  if (request.join !== undefined || loaded.extras.has('join')) {
    throw new RkvError('USAGE', 'joining a running cluster is not in this version of rkv', {
      hint: 'a new cluster of several nodes: --bootstrap',
    });
  }
  const recorded = await readIdentity(loaded.options.dataDir);
  const named = (name: OptionName): boolean => loaded.origins[name] !== 'default';
  const options =
    recorded === null ? loaded.options : adoptRecorded(loaded.options, named, recorded);
  mustHoldLimits(options);
  mustHaveNoPassword(options);
  const nodeOptions = {
    options,
    join: null,
    ...membership(request, loaded),
    ...faultsAsked(request, options),
  };
  mustBeFounder(nodeOptions);
  const ignored = recorded !== null && nodeOptions.bootstrap !== null;
  return { nodeOptions, warn: (logger) => warnings(logger, loaded, ignored) };
}

function membership(
  request: ServeRequest,
  loaded: LoadedOptions,
): Pick<NodeOptions, 'bootstrap' | 'labels'> {
  const file = request.file ?? '';
  const listed = loaded.extras.get('bootstrap');
  const labelled = loaded.extras.get('labels');
  const founders = request.bootstrap ?? request.env.RKV_BOOTSTRAP;
  const fromFile = listed === undefined ? null : bootstrapOfYaml(listed, file);
  return {
    bootstrap: founders ? parseBootstrap(founders) : fromFile,
    labels: {
      ...(labelled === undefined ? {} : labelsOfYaml(labelled, file)),
      ...parseLabels(request.labels),
    },
  };
}

/** Throws USAGE when somebody beyond this machine could reach a node that can be made to fail. */
function faultsAsked(
  { injectFaults, dialPeers }: ServeRequest,
  options: Options,
): Pick<NodeOptions, 'faults' | 'dialPeers'> {
  if (injectFaults === true) mustStayOnLoopback(options, '--inject-faults');
  return {
    ...(injectFaults === true ? { faults: new FaultBoard() } : {}),
    ...(dialPeers === undefined ? {} : { dialPeers: parseBootstrap(dialPeers, '--dial-peers') }),
  };
}

/** Throws USAGE: who sets a password believes that it guards the data. */
function mustHaveNoPassword({ requirepass }: Options): void {
  if (requirepass === null) return;
  throw new RkvError(
    'USAGE',
    'requirepass: a password on one door of four would protect nothing; users come later',
    { hint: 'doors listen on loopback only; keep them behind your own network until then' },
  );
}

function mustBeFounder({ options, bootstrap }: NodeOptions): void {
  const ids: readonly number[] | null = bootstrap === null ? null : [...bootstrap.keys()];
  if (ids === null || ids.includes(options.nodeId)) return;
  throw new RkvError(
    'USAGE',
    `node ${options.nodeId} is not in the bootstrap list (${ids.join(', ')}): each founder must be`,
  );
}

function warnings(logger: Logger, loaded: LoadedOptions, bootstrapIgnored: boolean): void {
  const { options, origins } = loaded;
  const named = (name: keyof Options): boolean => origins[name] !== 'default';
  if (bootstrapIgnored) {
    logger.info({}, 'the data directory has an identity: the bootstrap list is ignored');
  }
  if (named('listenHttp')) {
    logger.warn({ option: 'listenHttp' }, 'this door is not in this version of rkv');
  }
  const pool = process.env.UV_THREADPOOL_SIZE;
  if (named('threadPoolSize') && pool !== String(options.threadPoolSize)) {
    logger.warn(
      { threadPoolSize: options.threadPoolSize, actual: pool ?? '4' },
      'set UV_THREADPOOL_SIZE in the environment: a running process cannot change it',
    );
  }
  const young = `--max-semi-space-size=${options.semiSpaceMb}`;
  if (named('semiSpaceMb') && !process.execArgv.includes(young)) {
    logger.warn({ option: 'semiSpaceMb' }, `start node with ${young}: only the launcher does it`);
  }
  if (options.engine === 'memory') {
    logger.warn({}, 'log and state are in memory: a restarted node must rejoin as a new member');
  }
}
