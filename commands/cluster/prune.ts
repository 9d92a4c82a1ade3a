/** `rkv cluster prune`: removes the local clusters that nobody runs, with their data. */
import { createInterface } from 'node:readline/promises';
import { Flags } from '@oclif/core';
import { BaseCommand } from '../../src/cli/base-command.js';
import { rkvHome } from '../../src/launcher/home.js';

export default class ClusterPrune extends BaseCommand<typeof ClusterPrune> {
  static override summary = 'remove local clusters that do not run, with their data';
  static override description =
    'Also ends node processes that outlived a killed supervisor. Asks first on a terminal.';

  static override flags = {
    'dry-run': Flags.boolean({ description: 'only say which' }),
    force: Flags.boolean({ char: 'f', description: 'do not ask' }),
  };

  async run(): Promise<void> {
    const { prune } = await import('../../src/launcher/local.js');
    const home = rkvHome();
    const names = await prune(home, true);
    const agreed = !this.flags['dry-run'] && (names.length === 0 || (await this.agreed(names)));
    if (agreed) await prune(home, false);
    const done = agreed ? 'removed' : 'would remove';
    await this.print(
      { removed: agreed ? names : [], found: names },
      { text: () => names.map((name) => `${done} ${name}\n`).join('') },
    );
  }

  private async agreed(names: readonly string[]): Promise<boolean> {
    if (this.flags.force || process.stdin.isTTY !== true || this.structured) return true;
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    const answer = await terminal.question(`remove ${names.join(', ')} with all data? [y/N] `);
    terminal.close();
    return /^y(es)?$/i.test(answer.trim());
  }
}
