/**
 * One node under supervision: a state machine around its process. Ends that nobody asked for go to
 * the restart policy; `kill` and `stop` are asked for.
 */
import { RkvError, toRkvError } from '../kv/errors.js';
import type { Addresses } from '../kv/status.js';
import type { Child, ChildExit } from './child.js';
import { onUnexpectedExit } from './restart-policy.js';

export type NodeState =
  | { readonly kind: 'down' }
  | { readonly kind: 'starting'; readonly child: Child }
  | { readonly kind: 'up'; readonly child: Child; readonly addresses: Addresses }
  | { readonly kind: 'stopping'; readonly child: Child }
  | { readonly kind: 'restarting'; readonly timer: NodeJS.Timeout }
  | { readonly kind: 'failed'; readonly error: RkvError };

export interface LastExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly at: string;
}

export interface NodeSettings {
  readonly id: number;
  readonly log: string;
  /** Throws when no process may be started any more. */
  readonly spawn: () => Child;
  /** After every change of state. */
  readonly onChange: () => void;
  /** False: an end is final (the memory engine: its state is gone). */
  readonly restartable: boolean;
}

/** SIGTERM first; what has not ended by then is killed. */
export const STOP_GRACE_MS = 9000;
const ENDING: readonly NodeJS.Signals[] = ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'];

export class SupervisedNode {
  readonly id: number;
  state: NodeState = { kind: 'down' };
  restarts = 0;
  lastExit: LastExit | null = null;
  readonly #settings: NodeSettings;
  #failedStarts = 0;
  /** What the next end of the process means: asked for by `kill` or `stop`, or not. */
  #endWanted = false;
  #waiters: { resolve: (addresses: Addresses) => void; reject: (error: RkvError) => void }[] = [];

  constructor(settings: NodeSettings) {
    this.id = settings.id;
    this.#settings = settings;
  }

  get pid(): number | null {
    return 'child' in this.state ? this.state.child.pid : null;
  }

  get child(): Child | null {
    return 'child' in this.state ? this.state.child : null;
  }

  /** Starts the process unless it runs or is about to. */
  start(): void {
    const { kind } = this.state;
    if (kind === 'starting' || kind === 'up') return;
    if (this.state.kind === 'restarting') clearTimeout(this.state.timer);
    if (kind === 'failed') this.#failedStarts = 0;
    this.#endWanted = false;
    const child = this.#settings.spawn();
    this.#become({ kind: 'starting', child });
    void child.ready.then(({ addresses }) => {
      if (this.state.kind !== 'starting' || this.state.child !== child) return;
      this.#failedStarts = 0;
      this.#become({ kind: 'up', child, addresses });
    });
    void child.exit.then((exit) => this.#onExit(child, exit));
  }

  /** Resolves when the node is up; rejects when it is known not to come up by itself. */
  whenUp(): Promise<Addresses> {
    if (this.state.kind === 'up') return Promise.resolve(this.state.addresses);
    if (this.state.kind === 'failed') return Promise.reject(this.state.error);
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** Ends the process in order and resolves when it is gone; its data stays. */
  async stop(graceMs = STOP_GRACE_MS): Promise<void> {
    if (this.state.kind === 'restarting') {
      clearTimeout(this.state.timer);
      this.#become({ kind: 'down' });
    }
    const { child } = this;
    if (child === null) return;
    this.#endWanted = true;
    this.#become({ kind: 'stopping', child });
    child.signal('SIGTERM');
    // a stopped (SIGSTOP) process sees no SIGTERM
    child.signal('SIGCONT');
    const timer = setTimeout(() => child.signal('SIGKILL'), graceMs);
    await child.exit;
    clearTimeout(timer);
  }

  /**
   * Sends a signal. One that ends the process is waited for, and the node then stays down, or with
   * `respawn` is treated as if the signal had come from outside.
   */
  async kill(signal: NodeJS.Signals, respawn: boolean): Promise<void> {
    const { child } = this;
    if (child === null) throw new RkvError('CONFLICT', `node ${this.id} is not running`);
    const ends = ENDING.includes(signal);
    if (ends && !respawn) this.#endWanted = true;
    child.signal(signal);
    if (ends) await child.exit;
  }

  #onExit(child: Child, exit: ChildExit): void {
    if (this.child !== child) return;
    const wasReady = this.state.kind === 'up';
    const { code, signal } = exit;
    this.lastExit = { code, signal, at: new Date().toISOString() };
    if (this.#endWanted) {
      this.#become({ kind: 'down' });
      return;
    }
    if (!this.#settings.restartable) {
      const why = 'its state was in memory and is gone; it would have to join as a new node';
      this.#fail(new RkvError('CONFLICT', `node ${this.id} ended: ${why}`));
      return;
    }
    const verdict = onUnexpectedExit({ code, wasReady, failedStarts: this.#failedStarts });
    if (verdict.kind === 'failed') {
      const { failure } = exit;
      const words = failure === null ? verdict.why : failure.message;
      const hint = failure === null ? { hint: `see ${this.#settings.log}` } : {};
      this.#fail(new RkvError(failure?.code ?? 'NOT_READY', `node ${this.id}: ${words}`, hint));
      return;
    }
    this.#failedStarts = verdict.failedStarts;
    this.restarts += 1;
    const timer = setTimeout(() => this.#startAgain(), verdict.delayMs);
    this.#become({ kind: 'restarting', timer });
  }

  #startAgain(): void {
    try {
      this.start();
    } catch (error) {
      this.#fail(toRkvError(error));
    }
  }

  #fail(error: RkvError): void {
    this.#become({ kind: 'failed', error });
  }

  #become(state: NodeState): void {
    this.state = state;
    const waiters = this.#waiters;
    switch (state.kind) {
      case 'up':
        this.#waiters = [];
        for (const waiter of waiters) waiter.resolve(state.addresses);
        break;
      case 'failed':
        this.#waiters = [];
        for (const waiter of waiters) waiter.reject(state.error);
        break;
      case 'down':
        this.#waiters = [];
        for (const waiter of waiters) {
          waiter.reject(new RkvError('NOT_READY', `node ${this.id} was stopped`));
        }
        break;
      case 'starting':
      case 'stopping':
      case 'restarting':
        break;
    }
    this.#settings.onChange();
  }
}
