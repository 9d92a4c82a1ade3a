/** Cycles in a graph of dependencies: strongly connected parts (Tarjan 1972) and shortest ways. */

export interface Edge<Kind extends string> {
  readonly from: number;
  readonly to: number;
  readonly kind: Kind;
  /** What it was inferred from, for people. */
  readonly why: string;
}

export class Graph<Kind extends string> {
  readonly #out: Edge<Kind>[][];

  constructor(nodes: number) {
    this.#out = Array.from({ length: nodes }, () => []);
  }

  get size(): number {
    return this.#out.length;
  }

  /** An edge of a node to itself says nothing and is not kept. */
  add(edge: Edge<Kind>): void {
    if (edge.from !== edge.to) this.#out[edge.from]?.push(edge);
  }

  edgesOf(node: number): readonly Edge<Kind>[] {
    return this.#out[node] ?? [];
  }

  /** Parts of more than one node in which each reaches each. */
  components(): number[][] {
    return new Tarjan(this).run();
  }

  /** The shortest way inside `within` by edges that are allowed, or null. */
  path(
    from: number,
    to: number,
    within: ReadonlySet<number>,
    allowed: (kind: Kind) => boolean,
  ): Edge<Kind>[] | null {
    const cameBy = new Map<number, Edge<Kind>>();
    let front = [from];
    while (front.length > 0) {
      const next: number[] = [];
      for (const node of front) {
        for (const edge of this.edgesOf(node)) {
          if (!allowed(edge.kind) || !within.has(edge.to) || cameBy.has(edge.to)) continue;
          cameBy.set(edge.to, edge);
          if (edge.to === to) return wayBack(cameBy, from, to);
          next.push(edge.to);
        }
      }
      front = next;
    }
    return null;
  }
}

function wayBack<Kind extends string>(
  cameBy: ReadonlyMap<number, Edge<Kind>>,
  from: number,
  to: number,
): Edge<Kind>[] {
  const way: Edge<Kind>[] = [];
  let node = to;
  do {
    const edge = cameBy.get(node) as Edge<Kind>;
    way.push(edge);
    node = edge.from;
  } while (node !== from);
  return way.reverse();
}

/** Without recursion: a history has more transactions than the stack has frames. */
class Tarjan<Kind extends string> {
  readonly #graph: Graph<Kind>;
  readonly #index: Int32Array;
  readonly #low: Int32Array;
  readonly #onStack: Uint8Array;
  readonly #stack: number[] = [];
  readonly #found: number[][] = [];
  #count = 0;

  constructor(graph: Graph<Kind>) {
    this.#graph = graph;
    this.#index = new Int32Array(graph.size).fill(-1);
    this.#low = new Int32Array(graph.size);
    this.#onStack = new Uint8Array(graph.size);
  }

  run(): number[][] {
    for (let node = 0; node < this.#graph.size; node += 1) {
      if (this.#index[node] === -1) this.#visit(node);
    }
    return this.#found;
  }

  #visit(root: number): void {
    const calls = [{ node: root, next: 0 }];
    this.#open(root);
    for (let call = calls.at(-1); call !== undefined; call = calls.at(-1)) {
      const { node } = call;
      const edge = this.#graph.edgesOf(node)[call.next];
      call.next += 1;
      if (edge !== undefined) {
        if (this.#index[edge.to] === -1) {
          this.#open(edge.to);
          calls.push({ node: edge.to, next: 0 });
        } else if (this.#onStack[edge.to] === 1) this.#lower(node, this.#index[edge.to] as number);
        continue;
      }
      calls.pop();
      const caller = calls.at(-1);
      if (caller !== undefined) this.#lower(caller.node, this.#low[node] as number);
      if (this.#low[node] === this.#index[node]) this.#close(node);
    }
  }

  #open(node: number): void {
    this.#index[node] = this.#count;
    this.#low[node] = this.#count;
    this.#count += 1;
    this.#stack.push(node);
    this.#onStack[node] = 1;
  }

  #lower(node: number, to: number): void {
    this.#low[node] = Math.min(this.#low[node] as number, to);
  }

  #close(root: number): void {
    const part: number[] = [];
    let node: number;
    do {
      node = this.#stack.pop() as number;
      this.#onStack[node] = 0;
      part.push(node);
    } while (node !== root);
    if (part.length > 1) this.#found.push(part);
  }
}
