/** The rows of the door over a state machine alone: words in, RESP2 out, no node in between. */

import { ReplyWriter } from '../../../../src/api/resp/codec/reply-writer.js';
import { errorText, FAILURE_TEXT, wrongArity } from '../../../../src/api/resp/errors.js';
import { fitsArity } from '../../../../src/api/resp/resolve.js';
import type { DataRow, DoorRow } from '../../../../src/api/resp/rows/row.js';
import type { EpochMs } from '../../../../src/base/ids.js';
import { checkCommand } from '../../../../src/kv/catalog/grammar.js';
import { rowOf } from '../../../../src/kv/catalog/route.js';
import { resolveTimes } from '../../../../src/kv/catalog/times.js';
import type { Reply } from '../../../../src/kv/reply.js';
import type { Command } from '../../../../src/kv/request.js';
import { at, Driver } from '../../../machine/driver.js';

export class DoorMachine {
  readonly #driver: Driver;
  readonly #rows: ReadonlyMap<string, DataRow>;
  readonly exercised = new Set<string>();
  database = 0;

  private constructor(driver: Driver, rows: ReadonlyMap<string, DataRow>) {
    this.#driver = driver;
    this.#rows = rows;
  }

  static async open(rows: readonly DoorRow[]): Promise<DoorMachine> {
    const data = rows.filter((row): row is DataRow => row.kind === 'data');
    return new DoorMachine(await Driver.open(), new Map(data.map((row) => [row.name, row])));
  }

  /** Later commands meet this time. */
  set time(ms: number) {
    this.#driver.time = ms;
  }

  /** As latin1 text. */
  async ask(words: readonly Uint8Array[]): Promise<string> {
    const out = new ReplyWriter(2);
    const name = Buffer.from(words[0] as Uint8Array)
      .toString('latin1')
      .toLowerCase();
    const row = this.#rows.get(name);
    if (row === undefined) throw new Error(`no row ${name}`);
    this.exercised.add(name);
    await this.#answer(row, words.slice(1), out);
    return Buffer.concat(out.take()).toString('latin1');
  }

  async #answer(row: DataRow, args: readonly Uint8Array[], out: ReplyWriter): Promise<void> {
    if (!fitsArity(row.arity, args.length + 1)) {
      out.error(wrongArity(row.name));
      return;
    }
    const command = row.translate(args, this.database);
    if (typeof command === 'string') {
      out.error(command);
      return;
    }
    const refused = checkCommand(command);
    if (refused !== null) {
      out.error(errorText(refused));
      return;
    }
    const reply = await this.#run(command);
    if (reply.kind === 'failed') out.error(row.failures?.[reply.code] ?? FAILURE_TEXT[reply.code]);
    else if (reply.kind === 'applied') throw new Error('no retry was asked for');
    else row.answer(reply, out, { args, command });
  }

  async #run(command: Command): Promise<Reply> {
    const driver = this.#driver;
    const now = at(driver.time);
    if (rowOf(command).access === 'read') {
      await driver.advance();
      const result = await driver.readRaw(command);
      if (result.kind !== 'reply') throw new Error(result.kind);
      return result.reply;
    }
    const applied = await driver.apply({
      kind: 'commands',
      stamp: now,
      commands: [
        {
          command: resolveTimes(command, now as EpochMs),
          stamp: driver.stamp(),
          rangeEpoch: 1 as never,
        },
      ],
    });
    const [outcome] = applied.outcomes;
    if (outcome?.kind !== 'reply') throw new Error(outcome?.kind);
    return outcome.reply;
  }
}
