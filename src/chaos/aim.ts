/**
 * From a planned fault to one that the supervisor can do: who is meant, and how that is kept from
 * taking a majority away unless the plan wants it.
 */
import type { Fault } from '../launcher/fault-types.js';
import type { Direction } from '../launcher/proxies.js';
import type { PartitionShape, PlannedFault } from './schedule.js';

/** The cluster as it is when a fault comes. */
export interface Scene {
  readonly nodes: readonly number[];
  /** Leaders of the shards, as far as they are known. */
  readonly leaders: readonly number[];
  /** Nodes that are out of the game already. */
  readonly out: ReadonlySet<number>;
}

const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;

/** True: its node can do nothing for its shards meanwhile. */
export function takesOut({ plot }: PlannedFault): boolean {
  switch (plot.kind) {
    case 'kill':
    case 'pause':
      return true;
    case 'partition':
      return plot.shape !== 'pair' && plot.shape !== 'one-way';
    case 'slow-disk':
      return plot.delayMs === null;
    case 'delay':
    case 'clock':
      return false;
  }
}

/** The node a fault is for. Too many out: one that is out already. */
export function victimOf(planned: PlannedFault, { nodes, leaders, out }: Scene): number {
  const { aim } = planned;
  const from = aim.kind === 'leader' && leaders.length > 0 ? leaders : nodes;
  const wanted = at(from, aim.index);
  if (planned.wide || !takesOut(planned) || out.has(wanted)) return wanted;
  const bearable = Math.floor((nodes.length - 1) / 2);
  return out.size < Math.max(1, bearable) ? wanted : at([...out], aim.index);
}

export function faultOf(planned: PlannedFault, victim: number, nodes: readonly number[]): Fault {
  const { plot, forMs, other } = planned;
  switch (plot.kind) {
    case 'kill':
    case 'pause':
      return { kind: plot.kind, node: victim, forMs };
    case 'partition': {
      const links = cutLinks(plot.shape, victim, other, nodes);
      return { kind: 'partition', links, clog: plot.clog, forMs };
    }
    case 'delay': {
      const links = plot.everywhere ? allLinks(nodes) : linksOf(victim, nodes);
      return { kind: 'delay', links, delayMs: plot.delayMs, forMs };
    }
    case 'slow-disk':
      return { kind: 'slow-disk', node: victim, delayMs: plot.delayMs, forMs };
    case 'clock':
      return { kind: 'clock', node: victim, offsetMs: plot.offsetMs, forMs };
  }
}

function cutLinks(
  shape: PartitionShape,
  victim: number,
  other: number,
  nodes: readonly number[],
): Direction[] {
  const others = nodes.filter((node) => node !== victim);
  const peer = at(others, other);
  switch (shape) {
    case 'isolate':
      return linksOf(victim, nodes);
    case 'mute':
      return others.map((to) => ({ from: victim, to }));
    case 'deaf':
      return others.map((from) => ({ from, to: victim }));
    case 'pair':
      return [
        { from: victim, to: peer },
        { from: peer, to: victim },
      ];
    case 'one-way':
      return [{ from: victim, to: peer }];
  }
}

const linksOf = (node: number, nodes: readonly number[]): Direction[] =>
  allLinks(nodes).filter(({ from, to }) => from === node || to === node);

const allLinks = (nodes: readonly number[]): Direction[] =>
  nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => ({ from, to })));

/** Who is meant, for reports: one node, or both ends of a link. */
export function nodesOf(fault: Fault): number[] {
  if ('node' in fault) return [fault.node];
  const counts = new Map<number, number>();
  for (const { from, to } of fault.links) {
    for (const node of [from, to]) counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  return [...counts].filter(([, count]) => count === most).map(([node]) => node);
}

/** A fault in a few words. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `node ${fault.node} killed, down for ${fault.forMs} ms`;
    case 'pause':
      return `node ${fault.node} paused for ${fault.forMs} ms`;
    case 'partition':
      return `${fault.clog ? 'clogged' : 'cut'} for ${fault.forMs} ms: ${linkList(fault.links)}`;
    case 'delay':
      return `${fault.delayMs} ms late for ${fault.forMs} ms: ${linkList(fault.links)}`;
    case 'slow-disk': {
      const how = fault.delayMs === null ? 'hangs' : `takes ${fault.delayMs} ms more`;
      return `disk of node ${fault.node} ${how} for ${fault.forMs} ms`;
    }
    case 'disk-error':
      return `disk of node ${fault.node} fails`;
    case 'clock':
      return `clock of node ${fault.node} off by ${fault.offsetMs} ms for ${fault.forMs} ms`;
  }
}

const linkList = (links: readonly Direction[]): string =>
  links.map(({ from, to }) => `${from}>${to}`).join(' ');
