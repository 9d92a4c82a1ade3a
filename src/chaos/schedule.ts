/**
 * The plan of a run: which faults come when, drawn from a seed before anything happens. The same
 * seed, duration and rates give the same plan; whom a fault meets that is aimed at a leader is
 * known only when it comes.
 */
import { createPrng, type Prng } from '../base/prng.js';
import type { FaultKind } from '../launcher/fault-types.js';
import type { Rates } from './types.js';

/** Whom a fault is meant for: numbers are taken modulo what there is. */
export type Aim =
  | { readonly kind: 'node'; readonly index: number }
  | { readonly kind: 'leader'; readonly index: number };

/**
 * isolate: both ways · mute: it sends in vain · deaf: it hears nothing · pair and one-way: one link
 */
export const PARTITION_SHAPES = ['isolate', 'mute', 'deaf', 'pair', 'one-way'] as const;
export type PartitionShape = (typeof PARTITION_SHAPES)[number];

export type Plot =
  | { readonly kind: 'kill' }
  | { readonly kind: 'pause' }
  | { readonly kind: 'partition'; readonly shape: PartitionShape; readonly clog: boolean }
  /** On all links of a node, or of all nodes. */
  | { readonly kind: 'delay'; readonly everywhere: boolean; readonly delayMs: number }
  /** Null: it hangs. */
  | { readonly kind: 'slow-disk'; readonly delayMs: number | null }
  | { readonly kind: 'clock'; readonly offsetMs: number };

export interface PlannedFault {
  readonly atMs: number;
  readonly forMs: number;
  readonly aim: Aim;
  /** Chooses the other end of a link. */
  readonly other: number;
  /** May take a shard's majority away, for a short while. */
  readonly wide: boolean;
  readonly plot: Plot;
}

/** Without a first second of peace nothing is there that a fault could spoil. */
const FIRST_AT_MS = 1_000;
/** The last fault ends so long before the end. */
const CALM_MS = 500;
const WIDE_MS = 1_500;
const SHARES = 2 ** 30;
/** Far beyond what is slewed, and little more than nothing; both ways. */
const OFFSETS_MS = [300, 2_000, 60_000, 3_600_000];

/** From a fifth of the mean to nearly twice: short runs shall not be spared by chance. */
function gapMs(prng: Prng, perMinute: number): number {
  const share = 0.2 + (1.6 * prng.below(SHARES)) / SHARES;
  return (share * 60_000) / perMinute;
}

const between = (prng: Prng, from: number, to: number): number => from + prng.below(to - from + 1);
const oneIn = (prng: Prng, count: number): boolean => prng.below(count) === 0;

export function planFaults(seed: number, durationMs: number, rates: Rates): PlannedFault[] {
  const prng = createPrng(seed);
  const perMinute = [...rates.values()].reduce((sum, rate) => sum + rate, 0);
  const plan: PlannedFault[] = [];
  if (perMinute <= 0) return plan;
  for (let atMs = FIRST_AT_MS; ; ) {
    const planned = drawFault(prng, Math.round(atMs), kindOf(prng, rates, perMinute));
    const forMs = Math.min(planned.forMs, durationMs - CALM_MS - planned.atMs);
    if (forMs < 100) return plan;
    plan.push({ ...planned, forMs });
    atMs += gapMs(prng, perMinute);
  }
}

function kindOf(prng: Prng, rates: Rates, total: number): FaultKind {
  let at = (prng.below(SHARES) / SHARES) * total;
  let last: FaultKind = 'kill';
  for (const [kind, rate] of rates) {
    if (rate <= 0) continue;
    last = kind;
    at -= rate;
    if (at < 0) break;
  }
  return last;
}

function drawFault(prng: Prng, atMs: number, kind: FaultKind): PlannedFault {
  const wide = oneIn(prng, 8);
  const index = prng.below(SHARES);
  const aim: Aim = oneIn(prng, 2) ? { kind: 'leader', index } : { kind: 'node', index };
  const other = prng.below(SHARES);
  const { plot, forMs } = draw(prng, kind);
  return { atMs, forMs: wide ? Math.min(forMs, WIDE_MS) : forMs, aim, other, wide, plot };
}

/** Times reach from well below to well above an election timeout (1 to 2 s). */
function draw(prng: Prng, kind: FaultKind): { plot: Plot; forMs: number } {
  switch (kind) {
    case 'kill':
      return { plot: { kind }, forMs: between(prng, 100, 1_500) };
    case 'pause':
      return { plot: { kind }, forMs: between(prng, 200, 3_000) };
    case 'partition': {
      const shape = PARTITION_SHAPES[prng.below(PARTITION_SHAPES.length)] as PartitionShape;
      return { plot: { kind, shape, clog: oneIn(prng, 3) }, forMs: between(prng, 500, 6_000) };
    }
    case 'delay': {
      const everywhere = oneIn(prng, 4);
      const delayMs = everywhere ? between(prng, 5, 60) : between(prng, 10, 800);
      return { plot: { kind, everywhere, delayMs }, forMs: between(prng, 1_000, 5_000) };
    }
    case 'slow-disk': {
      const delayMs = oneIn(prng, 3) ? null : between(prng, 5, 300);
      return { plot: { kind, delayMs }, forMs: between(prng, 500, 4_000) };
    }
    case 'clock': {
      const size = OFFSETS_MS[prng.below(OFFSETS_MS.length)] as number;
      const offsetMs = oneIn(prng, 2) ? -size : size;
      return { plot: { kind, offsetMs }, forMs: between(prng, 1_000, 8_000) };
    }
  }
}
