/** `rkv wal dump DIR`: every record of a log, in the order in which it was written. */
import { Args } from '@oclif/core';
import { BaseCommand } from '../../src/cli/base-command.js';
import { writeStdout } from '../../src/cli/output.js';

export default class WalDump extends BaseCommand<typeof WalDump> {
  static override summary = "print the records of a stopped node's log";
  static override description =
    'One line per record; with -o json one JSON object per line. Values appear as sizes only. Where ' +
    'the log is corrupt the dump ends with exit 8.';
  static override examples = ['<%= config.bin %> wal dump ./data | grep "hard-state"'];

  static override args = {
    dir: Args.string({ description: 'data directory, or the wal folder in it', required: true }),
  };

  async run(): Promise<void> {
    const { mustWalDir } = await import('../../src/cli/wal-dir.js');
    const { dumpWal } = await import('../../src/tools/wal-dump.js');
    const { corruptLog } = await import('../../src/cli/wal-report.js');
    const dir = await mustWalDir(this.args.dir);
    try {
      for await (const line of dumpWal(dir)) {
        const { segment, offset, sequence, kind, group, replica, text } = line;
        const whose = group === null ? '' : `group ${group} replica ${replica} `;
        const plain = `${segment}:${offset} #${sequence} ${kind} ${whose}${text}`.trimEnd();
        await writeStdout(`${this.structured ? JSON.stringify(line) : plain}\n`);
      }
    } catch (error) {
      if (error instanceof Error && error.name === 'LogCorruption') {
        throw corruptLog([error.message], this.args.dir);
      }
      throw error;
    }
  }
}
