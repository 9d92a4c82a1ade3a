/**
 * What every command of rkv is: output flags, `print`, one way to fail. Commands that talk to a
 * cluster extend ClientCommand instead; this one loads nothing but oclif, because the start of the
 * command line is what scripts wait for.
 */
import { Command, Flags, type Interfaces } from '@oclif/core';
import { RkvError } from '../kv/errors.js';
import { OUTPUT_FORMATS, type OutputFormat, render, type Views, writeStdout } from './output.js';
import { reportError, wantsJson } from './report-error.js';
import { type Cell, tableMaker } from './table.js';

export type FlagsOf<T extends typeof Command> = Interfaces.InferredFlags<
  T['baseFlags'] & T['flags']
>;
export type ArgsOf<T extends typeof Command> = Interfaces.InferredArgs<T['args']>;

export abstract class BaseCommand<T extends typeof Command> extends Command {
  static override baseFlags = {
    output: Flags.option({
      char: 'o',
      options: OUTPUT_FORMATS,
      description: 'how to print the result and errors',
      helpGroup: 'OUTPUT',
    })(),
    json: Flags.boolean({ description: 'the same as -o json', helpGroup: 'OUTPUT' }),
  };

  protected flags!: FlagsOf<T>;
  protected args!: ArgsOf<T>;

  override async init(): Promise<void> {
    await super.init();
    const ctor = this.ctor as unknown as T;
    const { args, flags } = await this.parse({
      flags: ctor.flags,
      baseFlags: ctor.baseFlags,
      args: ctor.args,
      strict: ctor.strict,
    });
    this.flags = flags as FlagsOf<T>;
    this.args = args as ArgsOf<T>;
  }

  protected get format(): OutputFormat | undefined {
    const flags = this.flags as { readonly output?: OutputFormat; readonly json?: boolean };
    return flags.json ? 'json' : flags.output;
  }

  /** True when a program reads the result: `json` and `yaml`. */
  protected get structured(): boolean {
    return this.format === 'json' || this.format === 'yaml';
  }

  /** Prints one result. `value` is the JSON document of the CLI contract. */
  protected async print(value: unknown, views: Views = {}): Promise<void> {
    await writeStdout(await render(value, views, this.format, process.stdout.isTTY === true));
  }

  /**
   * A plain table; load it with `await this.table()` before `print`, whose views are synchronous.
   */
  protected table(): Promise<
    (head: readonly string[], rows: readonly (readonly Cell[])[]) => string
  > {
    return tableMaker();
  }

  /** A sentence for people on stderr; silent when a program reads. */
  protected note(sentence: string): void {
    if (!this.structured) process.stderr.write(`${sentence}\n`);
  }

  /** Wrong by the words alone: exit 2. */
  protected usage(message: string, hint?: string): never {
    throw new RkvError('USAGE', message, hint === undefined ? {} : { hint });
  }

  /** The exit code of a command that did its work and found the answer to be no. */
  protected exitWith(code: number): void {
    process.exitCode = code;
  }

  protected override async catch(error: Error): Promise<void> {
    // What could not be parsed has been told; oclif would add that nobody parsed it.
    this.parsed = true;
    const code = reportError(error, wantsJson(this.argv), this.config.commandIDs);
    process.exitCode = code;
  }
}
