/** Which faults a run has and how often: the kinds asked for, and what this cluster can do. */
import { RkvError } from '../kv/errors.js';
import { FAULT_KINDS, type FaultKind } from '../launcher/fault-types.js';
import type { Rates } from './types.js';

/** Faults a minute of all kinds together, unless rates are given. */
export const DEFAULT_PER_MINUTE = 30;
export const MAX_PER_MINUTE = 600;
/** What needs the proxies and adapters of `cluster up --proxied`. */
const NEEDS_PROXIES: readonly FaultKind[] = ['partition', 'delay', 'slow-disk', 'clock'];
const NEEDS_PEERS: readonly FaultKind[] = ['partition', 'delay'];
/** A killed node has lost its memory, and slow memory is no slow disk. */
const NEEDS_DISK: readonly FaultKind[] = ['kill', 'slow-disk'];

export interface Ability {
  readonly proxied: boolean;
  readonly nodes: number;
  /** Its nodes keep everything in memory. */
  readonly inMemory: boolean;
  readonly cluster: string;
}

/** 'kill=10' as a kind and its faults a minute. Throws USAGE. */
export function parseRate(word: string): readonly [FaultKind, number] {
  const [, name, digits] = /^([a-z-]+)=(\d+(?:\.\d+)?)$/.exec(word) ?? [];
  const kind = FAULT_KINDS.find((one) => one === name);
  const rate = Number(digits);
  if (kind === undefined || !(rate > 0 && rate <= MAX_PER_MINUTE)) {
    throw new RkvError(
      'USAGE',
      `--rate: '${word}' is not a fault and how often a minute: ${FAULT_KINDS.join(', ')}`,
      { hint: '--rate kill=10' },
    );
  }
  return [kind, rate];
}

/**
 * Rates of the kinds that are asked for, by name or by rate; none: of all that the cluster can do.
 * Throws USAGE when it cannot do what is asked for.
 */
export function ratesFor(
  asked: readonly FaultKind[],
  given: ReadonlyMap<FaultKind, number>,
  ability: Ability,
): Rates {
  const named = FAULT_KINDS.filter((kind) => asked.includes(kind) || given.has(kind));
  for (const kind of named) mustBeAble(kind, ability);
  const kinds = named.length > 0 ? named : FAULT_KINDS.filter((kind) => !obstacle(kind, ability));
  const usual = DEFAULT_PER_MINUTE / kinds.length;
  return new Map(kinds.map((kind) => [kind, given.get(kind) ?? usual]));
}

function obstacle(kind: FaultKind, ability: Ability): string | null {
  const { proxied, nodes, inMemory, cluster } = ability;
  if (NEEDS_PROXIES.includes(kind) && !proxied) return `cluster '${cluster}' is not proxied`;
  if (NEEDS_PEERS.includes(kind) && nodes < 2) return `cluster '${cluster}' has only one node`;
  if (NEEDS_DISK.includes(kind) && inMemory) return `cluster '${cluster}' is in memory only`;
  return null;
}

function mustBeAble(kind: FaultKind, ability: Ability): void {
  const why = obstacle(kind, ability);
  if (why === null) return;
  const { cluster } = ability;
  throw new RkvError('USAGE', `--${kind}: ${why}`, {
    ...(ability.proxied
      ? {}
      : { hint: `rkv cluster down --name ${cluster}, then up --proxied --name ${cluster}` }),
  });
}
