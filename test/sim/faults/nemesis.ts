/**
 * Causes faults at drawn times while a run is in its first phase, and undoes them all when it
 * heals. Which kinds there are in a run, and how often, is drawn once per seed.
 */
import type { Cluster } from '../cluster.js';
import type { Focus } from '../plan.js';
import type { Chance } from '../world/chance.js';
import { CLOCK_FAULTS } from './clocks.js';
import { DISK_FAULTS } from './disks.js';
import type { Fault, Helpers } from './fault.js';
import { MEDIA_FAULTS } from './media.js';
import { MEMBER_FAULTS } from './members.js';
import { MOMENT_FAULTS } from './moments.js';
import { Operator } from './operator.js';
import { PROCESS_FAULTS } from './processes.js';
import { SNAPSHOT_FAULTS } from './snapshots.js';
import { WIRE_FAULTS } from './wires.js';

export const ALL_FAULTS: readonly Fault[] = [
  ...PROCESS_FAULTS,
  ...WIRE_FAULTS,
  ...DISK_FAULTS,
  ...CLOCK_FAULTS,
  ...MEDIA_FAULTS,
  ...SNAPSHOT_FAULTS,
  ...MEMBER_FAULTS,
  ...MOMENT_FAULTS,
];

/** At least so many kinds are on in a seed. */
const LEAST_KINDS = 5;

export class Nemesis {
  readonly #cluster: Cluster;
  readonly #chance: Chance;
  readonly #faults: readonly Fault[];
  readonly #meanMs: number;
  readonly #running = new Map<Fault, () => void>();
  readonly counts = new Map<string, number>();
  readonly operator: Operator;
  readonly #helpers: Helpers;
  #healed = false;

  constructor(cluster: Cluster, chance: Chance, moments: Omit<Helpers, 'operator'>) {
    this.#cluster = cluster;
    this.#chance = chance;
    this.#faults = drawFaults(chance, cluster.plan.focus);
    this.#meanMs = chance.between(500, 2_500);
    this.operator = new Operator(cluster, chance.fork());
    this.#helpers = { ...moments, operator: this.operator };
    const rots = this.#faults.some(({ kind }) => MEDIA_FAULTS.some((one) => one.kind === kind));
    if (rots) this.operator.victim = cluster.plan.victim + 1;
    cluster.timeline.say(`faults: ${this.#faults.map(({ kind }) => kind).join(', ')}`);
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }

  start(): void {
    this.#later();
  }

  #later(): void {
    const wait = this.#chance.between(0, 2 * this.#meanMs);
    this.#cluster.timeline.in(wait, null, 'nemesis', () => {
      if (this.#healed) return;
      this.#strike();
      this.#later();
    });
  }

  #strike(): void {
    const fault = this.#pick();
    // One of a kind at a time: what ends the first must not end the second.
    if (this.#running.has(fault)) return;
    const undo = fault.begin(this.#cluster, this.#chance, this.#helpers);
    if (undo === null) return;
    this.counts.set(fault.kind, (this.counts.get(fault.kind) ?? 0) + 1);
    this.#cluster.coverage.hit(`fault: ${fault.kind}`);
    const end = (): void => {
      if (this.#running.get(fault) !== end) return;
      this.#running.delete(fault);
      undo();
    };
    this.#running.set(fault, end);
    const [least, most] = fault.lasts;
    this.#cluster.timeline.in(this.#chance.between(least, most), null, 'fault ends', end);
  }

  #pick(): Fault {
    const total = this.#faults.reduce((sum, { weight }) => sum + weight, 0);
    let draw = this.#chance.below(total);
    for (const fault of this.#faults) {
      draw -= fault.weight;
      if (draw < 0) return fault;
    }
    return this.#faults[0] as Fault;
  }

  /** Everything is well again from here on. */
  heal(): void {
    this.#healed = true;
    for (const end of [...this.#running.values()]) end();
    for (const node of this.#cluster.nodes) {
      node.supervised = true;
      node.revive();
    }
  }
}

function drawFaults(chance: Chance, focus: Focus | null): readonly Fault[] {
  const share = 250 + chance.below(700);
  const isFocus = (fault: Fault): boolean => focus !== null && fault.focus === focus;
  const chosen = ALL_FAULTS.filter((fault) => chance.permille(share) || isFocus(fault));
  for (let at = chance.below(ALL_FAULTS.length); chosen.length < LEAST_KINDS; at++) {
    const fault = ALL_FAULTS[at % ALL_FAULTS.length] as Fault;
    if (!chosen.includes(fault)) chosen.push(fault);
  }
  // Half of all strikes are of the focus.
  const sum = (faults: readonly Fault[]): number =>
    faults.reduce((total, { weight }) => total + weight, 0);
  const focused = chosen.filter(isFocus);
  if (focused.length === 0) return chosen;
  const factor = Math.max(1, Math.ceil((sum(chosen) - sum(focused)) / sum(focused)));
  return chosen.map((fault) =>
    isFocus(fault) ? { ...fault, weight: factor * fault.weight } : fault,
  );
}
