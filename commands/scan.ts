import { Flags } from '@oclif/core';
import { bytesOfWord } from '../src/cli/bytes.js';
import { DataCommand } from '../src/cli/data-command.js';
import { limited, printJson, printRecords } from '../src/cli/scan-output.js';
import { decodeCursor, encodeCursor, itemShape } from '../src/cli/shapes.js';
import type { ScanOptions } from '../src/client/types.js';

const MAX_PAGE = 1000;

export default class Scan extends DataCommand<typeof Scan> {
  static override summary = 'print keys and values of a range, in byte order';
  static override description =
    'Without --limit everything, page by page; with it the cursor of the next page goes to ' +
    'stderr. Each page is linearizable per shard, the whole is no snapshot.';
  static override examples = [
    '<%= config.bin %> scan --prefix user: --limit 10',
    '<%= config.bin %> scan --prefix tmp: --keys-only -0 | xargs -0 -n 100 <%= config.bin %> del',
  ];

  static override flags = {
    prefix: Flags.string({ description: 'only keys that begin with this' }),
    from: Flags.string({ description: 'first key, included' }),
    to: Flags.string({ description: 'end of the range, not included' }),
    reverse: Flags.boolean({ description: 'from the end to the beginning' }),
    limit: Flags.integer({ description: 'at most so many keys', min: 1 }),
    cursor: Flags.string({ description: 'where an earlier scan of this range stopped' }),
    'keys-only': Flags.boolean({ description: 'keys without values' }),
    'count-only': Flags.boolean({ description: 'how many keys', exclusive: ['limit'] }),
    unordered: Flags.boolean({ description: 'any order will do' }),
    print0: Flags.boolean({
      char: '0' as 'z',
      description: 'end each record with NUL instead of a newline',
    }),
  };

  async run(): Promise<void> {
    const options = this.#options();
    const { limit, print0 } = this.flags;
    await this.withClient(async (client) => {
      if (this.flags['count-only']) {
        const count = await client.count(options);
        await this.print({ count }, { text: () => `${count}` });
        return;
      }
      const pages = limited(client.scan(options), limit ?? null);
      const keysOnly = this.flags['keys-only'];
      if (this.format === 'json') await printJson(pages, keysOnly);
      else if (this.format === 'yaml') await this.#printYaml(pages, keysOnly);
      else {
        const view = { keysOnly, hex: this.hex, end: print0 ? '\0' : '\n' };
        const cursor = await printRecords(pages, view);
        if (limit !== undefined && cursor !== null) this.note(cursor);
      }
    });
  }

  async #printYaml(pages: ReturnType<typeof limited>, keysOnly: boolean): Promise<void> {
    const items: unknown[] = [];
    let cursor: Uint8Array | null = null;
    for await (const page of pages) {
      items.push(...page.items.map((item) => itemShape(item, keysOnly)));
      cursor = page.cursor;
    }
    await this.print({ items, cursor: cursor === null ? null : encodeCursor(cursor) });
  }

  #options(): ScanOptions {
    const { flags } = this;
    const bytes = (name: 'prefix' | 'from' | 'to') => {
      const word = flags[name];
      return word === undefined ? {} : { [name]: bytesOfWord(word, this.hex, `--${name}`) };
    };
    const cursor = flags.cursor === undefined ? undefined : decodeCursor(flags.cursor);
    if (cursor === null) this.usage(`--cursor: '${flags.cursor}' is no cursor of a scan`);
    return {
      ...bytes('prefix'),
      ...bytes('from'),
      ...bytes('to'),
      reverse: flags.reverse,
      keysOnly: flags['keys-only'],
      pageSize: Math.min(flags.limit ?? MAX_PAGE, MAX_PAGE),
      ...(cursor === undefined ? {} : { cursor }),
    };
  }
}
