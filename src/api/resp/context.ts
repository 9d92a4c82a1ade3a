/** What all connections of the door share. */
import type { Clock } from '../../base/clock.js';
import type { MonoMs } from '../../base/ids.js';
import type { Command } from '../../kv/request.js';
import type { RoutedAnswer, Router } from '../../router/types.js';
import type { Gate } from '../gate/gate.js';
import type { Client } from './client.js';
import { Clients } from './clients.js';
import { IdleSweeper } from './idle.js';
import { misdirected } from './misdirected.js';
import { Pause } from './pause.js';
import { type Entry, Registry } from './registry.js';
import { ROWS } from './rows/table.js';
import { Settings } from './settings.js';
import { Slowlog } from './slowlog.js';
import { DoorStats } from './stats.js';
import {
  DEFAULT_RESP_LIMITS,
  type DoorLogger,
  type DoorNode,
  type RespDoorOptions,
  type RespLimits,
} from './types.js';

export interface DoorContext {
  readonly router: Router;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly logger: DoorLogger;
  readonly node: DoorNode;
  readonly limits: RespLimits;
  readonly registry: Registry;
  readonly clients: Clients;
  readonly stats: DoorStats;
  /** Who is told every command. */
  readonly monitors: Set<Client>;
  readonly settings: Settings;
  readonly slowlog: Slowlog;
  readonly pause: Pause;
  readonly idle: IdleSweeper;
  readonly debugCommand: boolean;
  /** Monotonic milliseconds. */
  readonly startedAt: number;
  /** Set when the door closes: what comes from now on is refused. */
  ending: boolean;
  /** One command through the router, outside the pipeline of its connection. */
  execute(command: Command): Promise<RoutedAnswer>;
  /**
   * For a cluster client: MOVED or CROSSSLOT when its command must go elsewhere. Null: here is
   * right.
   */
  misdirected(client: Client, entry: Entry, args: readonly Uint8Array[]): string | null;
  onGone(client: Client): void;
  /** Has `flush` called once at the end of this turn. */
  atTurnEnd(flush: () => void): void;
}

export function createContext(options: RespDoorOptions): DoorContext {
  const { router, gate, clock, logger, node } = options;
  let waiting: (() => void)[] = [];
  const flushAll = (): void => {
    const flushes = waiting;
    waiting = [];
    for (const flush of flushes) flush();
  };
  const limits = { ...DEFAULT_RESP_LIMITS, ...options.limits };
  const clients = new Clients();
  const monitors = new Set<Client>();
  const settings = new Settings(limits);
  return {
    router,
    gate,
    clock,
    logger,
    node,
    limits,
    registry: new Registry(ROWS),
    clients,
    stats: new DoorStats(clock.monotonic()),
    monitors,
    settings,
    slowlog: new Slowlog(clock, settings),
    pause: new Pause(clock),
    idle: new IdleSweeper(clock, clients, settings),
    debugCommand: options.debugCommand,
    startedAt: clock.monotonic(),
    ending: false,
    execute: (command) =>
      new Promise((resolve) => {
        const deadline = (clock.monotonic() + limits.timeoutMs) as MonoMs;
        router.execute({ command, stamp: null, read: { kind: 'linearizable' }, deadline }, resolve);
      }),
    misdirected: (client, entry, args) => misdirected(node, client, entry, args),
    onGone(client) {
      clients.remove(client);
      monitors.delete(client);
    },
    atTurnEnd(flush) {
      if (waiting.push(flush) === 1) clock.endOfTurn(flushAll);
    },
  };
}
