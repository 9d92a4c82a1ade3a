/**
 * Faults of a local cluster, done by its supervisor: signals to the processes, modes of the proxies
 * between them, orders to their disks and clocks. Promise kept here: a fault ends when its time is
 * over or when `heal` is called, whatever has become of the one who asked for it; of faults that
 * overlap on one link the worse holds, of those on one disk or clock the newest.
 */
import { type DiskFault, type FaultHits, NO_FAULTS } from '../config/child.js';
import { RkvError } from '../kv/errors.js';
import { type Fault, type FaultOutcome, MAX_FAULT_MS } from './fault-types.js';
import { type LinkMode, PASS } from './flow.js';
import type { SupervisedNode } from './node.js';
import type { Direction, Proxies } from './proxies.js';

/** A node that was killed comes back within this time, or the fault is over without it. */
const RETURN_MS = 20_000;
const SEVERITY: Readonly<Record<LinkMode['kind'], number>> = { pass: 0, delay: 1, clog: 2, cut: 3 };

type LinkFault = Extract<Fault, { readonly kind: 'partition' | 'delay' }>;
type NodeFault = Extract<Fault, { readonly kind: 'slow-disk' | 'disk-error' | 'clock' }>;

/** A fault whose time is not over. */
interface Running {
  readonly fault: Fault;
  /** Ends it before its time. */
  readonly cut: () => void;
}

export interface FaultsSettings {
  readonly nodeOf: (id: number) => SupervisedNode;
  /** Null: the cluster has none. */
  readonly proxies: () => Proxies | null;
}

export class Faults {
  readonly #settings: FaultsSettings;
  readonly #running = new Set<Running>();

  constructor(settings: FaultsSettings) {
    this.#settings = settings;
  }

  /** Resolves when the fault is over. Rejects with USAGE when this cluster cannot have it. */
  async inject(fault: Fault): Promise<FaultOutcome> {
    if (!(fault.forMs >= 0 && fault.forMs <= MAX_FAULT_MS)) {
      throw new RkvError('USAGE', `a fault lasts from 0 to ${MAX_FAULT_MS} ms, not ${fault.forMs}`);
    }
    switch (fault.kind) {
      case 'kill':
        return { hits: await this.#kill(fault) };
      case 'pause':
        return { hits: await this.#pause(fault) };
      case 'partition':
      case 'delay':
        return { hits: await this.#link(fault) };
      case 'slow-disk':
      case 'disk-error':
      case 'clock':
        return { hits: await this.#node(fault) };
    }
  }

  /** Ends all faults now. */
  heal(): void {
    for (const { cut } of [...this.#running]) cut();
  }

  /** The time of a fault; a healed one's is over at once. */
  async #last(fault: Fault): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#running.delete(running);
        resolve();
      };
      const timer = setTimeout(end, fault.forMs);
      const running: Running = { fault, cut: end };
      this.#running.add(running);
    });
  }

  async #kill(fault: Extract<Fault, { kind: 'kill' }>): Promise<number> {
    const node = this.#settings.nodeOf(fault.node);
    if (kindOf(node) !== 'up') return 0;
    await node.kill('SIGKILL', false);
    await this.#last(fault);
    // somebody else may have started it, or stopped the cluster
    if (kindOf(node) !== 'down') return 1;
    let late: NodeJS.Timeout | undefined;
    try {
      node.start();
      const limit = new Promise<void>((resolve) => {
        late = setTimeout(resolve, RETURN_MS);
      });
      await Promise.race([node.whenUp(), limit]);
    } catch {
      // the state of the node says why
    } finally {
      clearTimeout(late);
    }
    return 1;
  }

  async #pause(fault: Extract<Fault, { kind: 'pause' }>): Promise<number> {
    const { state } = this.#settings.nodeOf(fault.node);
    if (state.kind !== 'up') return 0;
    const { child } = state;
    child.signal('SIGSTOP');
    await this.#last(fault);
    const others = this.#others((one) => one.kind === 'pause' && one.node === fault.node);
    if (others.length === 0) child.signal('SIGCONT');
    return 1;
  }

  async #link(fault: LinkFault): Promise<number> {
    const proxies = this.#mustProxies();
    const known = (id: number): void => void this.#settings.nodeOf(id);
    for (const { from, to } of fault.links) [from, to].forEach(known);
    const hits = (): number => fault.links.reduce((sum, link) => sum + proxies.hitsOf(link), 0);
    const before = hits();
    const over = this.#last(fault);
    for (const link of fault.links) this.#adjust(proxies, link);
    await over;
    for (const link of fault.links) this.#adjust(proxies, link);
    return hits() - before;
  }

  /** The worst of what is asked for this direction. */
  #adjust(proxies: Proxies, direction: Direction): void {
    let worst = PASS;
    const affected = ({ from, to }: Direction): boolean =>
      from === direction.from && to === direction.to;
    for (const { fault } of this.#running) {
      if (fault.kind !== 'partition' && fault.kind !== 'delay') continue;
      const mode = modeOf(fault);
      if (fault.links.some(affected) && SEVERITY[mode.kind] > SEVERITY[worst.kind]) worst = mode;
    }
    proxies.setMode(direction, worst);
  }

  async #node(fault: NodeFault): Promise<number> {
    this.#mustProxies();
    const node = this.#settings.nodeOf(fault.node);
    const { child } = node;
    if (node.state.kind !== 'up' || child === null) return 0;
    const order = (): Promise<FaultHits> => child.setFaults(this.#faultsOf(fault.node));
    const none: FaultHits = { disk: 0, clock: 0 };
    const over = this.#last(fault);
    const before = await order().catch(() => none);
    await over;
    // a process that has ended took its faults with it
    const after = await order().catch(() => null);
    if (after === null) return fault.kind === 'disk-error' ? 1 : 0;
    return fault.kind === 'clock' ? after.clock - before.clock : after.disk - before.disk;
  }

  /** What its newest faults make of a node's disk and clock. */
  #faultsOf(id: number): { disk: DiskFault; clockOffsetMs: number } {
    let { disk, clockOffsetMs } = NO_FAULTS;
    for (const { fault } of this.#running) {
      if (!('node' in fault) || fault.node !== id) continue;
      if (fault.kind === 'clock') clockOffsetMs = fault.offsetMs;
      else if (fault.kind === 'disk-error') disk = { kind: 'error' };
      else if (fault.kind === 'slow-disk') {
        const { delayMs } = fault;
        disk = delayMs === null ? { kind: 'hang' } : { kind: 'slow', delayMs };
      }
    }
    return { disk, clockOffsetMs };
  }

  #others(which: (fault: Fault) => boolean): Running[] {
    return [...this.#running].filter(({ fault }) => which(fault));
  }

  #mustProxies(): Proxies {
    const proxies = this.#settings.proxies();
    if (proxies !== null) return proxies;
    throw notProxied();
  }
}

/** What to say when a fault needs what only `cluster up --proxied` gives. */
export function notProxied(): RkvError {
  return new RkvError(
    'USAGE',
    'this cluster is not proxied: its network, disks and clocks are real',
    {
      hint: 'rkv cluster down, then rkv cluster up --proxied',
    },
  );
}

const kindOf = (node: SupervisedNode): SupervisedNode['state']['kind'] => node.state.kind;

function modeOf(fault: LinkFault): LinkMode {
  if (fault.kind === 'delay') return { kind: 'delay', ms: fault.delayMs };
  return { kind: fault.clog ? 'clog' : 'cut' };
}
