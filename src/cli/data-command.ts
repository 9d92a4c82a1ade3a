/** Commands on keys and values: how words become bytes, how reads are served, what `-` reads. */
import { type Command, Flags } from '@oclif/core';
import type { ConnectOptions } from '../client/types.js';
import { RkvError } from '../kv/errors.js';
import { MAX_VALUE_BYTES } from '../kv/limits.js';
import type { ReadMode } from '../kv/request.js';
import { bytesOfWord } from './bytes.js';
import { ClientCommand, durationFlag } from './client-command.js';

const READ_MODES = ['linearizable', 'follower', 'lease', 'stale'] as const;

export const dataFlags = {
  read: Flags.option({
    options: READ_MODES,
    description: 'where and how exactly to read',
    helpGroup: 'DATA',
  })(),
  'max-staleness': durationFlag({
    description: 'how old a stale read may be',
    helpGroup: 'DATA',
  }),
  hex: Flags.boolean({ description: 'keys and values are hex, in and out', helpGroup: 'DATA' }),
  'allow-empty-key': Flags.boolean({
    description: 'an empty key is meant and no unset variable',
    helpGroup: 'DATA',
  }),
};

interface DataFlags {
  readonly read?: (typeof READ_MODES)[number];
  readonly 'max-staleness'?: number;
  readonly hex?: boolean;
  readonly 'allow-empty-key'?: boolean;
}

export abstract class DataCommand<T extends typeof Command> extends ClientCommand<T> {
  static override baseFlags = { ...ClientCommand.baseFlags, ...dataFlags };

  get #data(): DataFlags {
    return this.flags as DataFlags;
  }

  protected get hex(): boolean {
    return this.#data.hex === true;
  }

  protected override connectOptions(): Partial<ConnectOptions> {
    const read = this.#readMode();
    return read === null ? {} : { read };
  }

  #readMode(): ReadMode | null {
    const { read, 'max-staleness': maxStalenessMs } = this.#data;
    if (read === 'stale') {
      if (maxStalenessMs === undefined) this.usage('--read stale wants --max-staleness');
      return { kind: 'stale', maxStalenessMs };
    }
    if (maxStalenessMs !== undefined) this.usage('--max-staleness is for --read stale');
    return read === undefined ? null : { kind: read };
  }

  /** An empty key from the shell is mostly an unset variable. */
  protected key(word: string): Buffer {
    if (word === '' && this.#data['allow-empty-key'] !== true) {
      this.usage('the key is empty: is a variable unset?', '--allow-empty-key if it is meant');
    }
    return bytesOfWord(word, this.hex, 'key');
  }

  protected value(word: string): Buffer {
    return bytesOfWord(word, this.hex, 'value');
  }

  /** A value whose word may be `-`: then stdin's bytes as they are, whatever --hex says. */
  protected async valueOrStdin(word: string): Promise<Buffer> {
    return word === '-' ? readStdin() : this.value(word);
  }
}

/** All of stdin; throws LIMIT as soon as it is more than a value may have. */
async function readStdin(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    bytes += (chunk as Buffer).length;
    if (bytes > MAX_VALUE_BYTES) {
      throw new RkvError('LIMIT', `stdin has more than ${MAX_VALUE_BYTES} bytes`);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
