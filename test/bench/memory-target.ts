/** A store in memory whose answers come a turn later, and which can be made to misbehave. */
import { toByteKey } from '../../src/base/bytes.js';
import { revision } from '../../src/base/ids.js';
import type { Target } from '../../src/bench/types.js';
import { codeOf } from '../../src/kv/catalog/catalog.js';
import type { RkvError } from '../../src/kv/errors.js';
import type { Reply } from '../../src/kv/reply.js';
import type { Command } from '../../src/kv/request.js';

export class MemoryTarget implements Target {
  readonly data = new Map<string, Uint8Array>();
  onTheWay = 0;
  most = 0;
  /** Answers with this instead of doing anything. */
  failWith: RkvError | null = null;
  /** Loses every so many-th write without a word. */
  loseEvery = 0;
  #writes = 0;

  submit({ code, args }: Command, done: Parameters<Target['submit']>[1]): void {
    this.onTheWay += 1;
    this.most = Math.max(this.most, this.onTheWay);
    setImmediate(() => {
      this.onTheWay -= 1;
      done(this.failWith ?? this.#run(code, args));
    });
  }

  #run(code: number, args: readonly Uint8Array[]): Reply {
    const key = toByteKey(args[0] as Uint8Array);
    if (code === codeOf('get')) {
      const found = this.data.get(key);
      if (found === undefined) return { kind: 'null' };
      return { kind: 'item', value: found, revision: revision(1), expiresAt: null };
    }
    if (code === codeOf('mdel')) {
      for (const one of args) this.data.delete(toByteKey(one));
      return { kind: 'integer', value: BigInt(args.length) };
    }
    this.#writes += 1;
    if (this.loseEvery === 0 || this.#writes % this.loseEvery !== 0) {
      this.data.set(key, args[1] as Uint8Array);
    }
    return { kind: 'written', applied: true, revision: revision(1), previous: null };
  }
}
