/**
 * The network between the nodes of a proxied cluster: one TCP proxy for each directed pair, which
 * the one dials and the other never sees. Modes are set per direction of travel, from node to node,
 * and hold for the connections dialled either way, as those of a network would. Loopback only.
 */
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { Flow, type LinkMode, PASS } from './flow.js';

/** Bytes that travel from one node to another, whoever dialled. */
export interface Direction {
  readonly from: number;
  readonly to: number;
}

const HOST = '127.0.0.1';
const nameOf = ({ from, to }: Direction): string => `${from}>${to}`;

/** One connection through a proxy. */
interface Passage {
  readonly sockets: readonly Socket[];
  readonly up: Flow | null;
  readonly down: Flow | null;
}

class Link {
  readonly dialler: number;
  readonly target: number;
  readonly #targetPort: number;
  readonly #server: Server;
  readonly #network: Proxies;
  readonly #passages = new Set<Passage>();

  constructor(network: Proxies, dialler: number, target: number, targetPort: number) {
    this.dialler = dialler;
    this.target = target;
    this.#targetPort = targetPort;
    this.#network = network;
    // A half-closed connection stays half-closed on its other side.
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('a proxy is not open');
    return address.port;
  }

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, HOST, () => resolve());
    });
  }

  close(): void {
    this.#server.close();
    for (const passage of this.#passages) this.#end(passage);
  }

  get #upward(): Direction {
    return { from: this.dialler, to: this.target };
  }

  get #downward(): Direction {
    return { from: this.target, to: this.dialler };
  }

  #accept(near: Socket): void {
    const network = this.#network;
    near.on('error', () => near.destroy());
    near.setNoDelay(true);
    // While either direction loses or holds everything no connection comes about.
    for (const direction of [this.#upward, this.#downward]) {
      const { kind } = network.modeOf(direction);
      if (kind !== 'cut' && kind !== 'clog') continue;
      network.hit(direction);
      near.resume();
      this.#keep({ sockets: [near], up: null, down: null });
      return;
    }
    const far = dial({ host: HOST, port: this.#targetPort, allowHalfOpen: true });
    far.on('error', () => far.destroy());
    far.setNoDelay(true);
    const flow = (direction: Direction, source: Socket, sink: Socket): Flow =>
      new Flow({
        source,
        sink,
        mode: network.modeOf(direction),
        onHit: () => network.hit(direction),
      });
    const up = flow(this.#upward, near, far);
    const down = flow(this.#downward, far, near);
    this.#keep({ sockets: [near, far], up, down });
  }

  #keep(passage: Passage): void {
    this.#passages.add(passage);
    for (const socket of passage.sockets) {
      socket.on('close', () => {
        if (passage.sockets.every((one) => one.destroyed)) this.#end(passage);
      });
    }
  }

  #end(passage: Passage): void {
    if (!this.#passages.delete(passage)) return;
    passage.up?.stop();
    passage.down?.stop();
    for (const socket of passage.sockets) socket.destroy();
  }

  /** A mode has changed: what has a hole, or never came about, ends as soon as all pass again. */
  onMode(): void {
    const upward = this.#network.modeOf(this.#upward);
    const downward = this.#network.modeOf(this.#downward);
    const blocked = [upward, downward].some(({ kind }) => kind === 'cut' || kind === 'clog');
    for (const passage of this.#passages) {
      const { up, down } = passage;
      up?.setMode(upward);
      down?.setMode(downward);
      const dead = up === null || up.lossy || down === null || down.lossy;
      if (dead && !blocked) this.#end(passage);
    }
  }
}

export class Proxies {
  readonly #links: Link[] = [];
  readonly #modes = new Map<string, LinkMode>();
  readonly #hits = new Map<string, number>();

  private constructor(peerPorts: ReadonlyMap<number, number>) {
    for (const dialler of peerPorts.keys()) {
      for (const [target, port] of peerPorts) {
        if (target !== dialler) this.#links.push(new Link(this, dialler, target, port));
      }
    }
  }

  /** Proxies between nodes that listen for their peers at these ports. */
  static async open(peerPorts: ReadonlyMap<number, number>): Promise<Proxies> {
    const proxies = new Proxies(peerPorts);
    try {
      await Promise.all(proxies.#links.map((link) => link.open()));
    } catch (error) {
      proxies.close();
      throw error;
    }
    return proxies;
  }

  /** Where a node has to dial each of its peers. */
  addressesFor(dialler: number): ReadonlyMap<number, string> {
    const own = this.#links.filter((link) => link.dialler === dialler);
    return new Map(own.map((link) => [link.target, `${HOST}:${link.port}`]));
  }

  modeOf(direction: Direction): LinkMode {
    return this.#modes.get(nameOf(direction)) ?? PASS;
  }

  setMode(direction: Direction, mode: LinkMode): void {
    this.#modes.set(nameOf(direction), mode);
    const { from, to } = direction;
    for (const link of this.#links) {
      const forth = link.dialler === from && link.target === to;
      const back = link.dialler === to && link.target === from;
      if (forth || back) link.onMode();
    }
  }

  /** How often a mode other than `pass` has met something on its way, since the start. */
  hitsOf(direction: Direction): number {
    return this.#hits.get(nameOf(direction)) ?? 0;
  }

  hit(direction: Direction): void {
    this.#hits.set(nameOf(direction), this.hitsOf(direction) + 1);
  }

  close(): void {
    for (const link of this.#links) link.close();
  }
}
