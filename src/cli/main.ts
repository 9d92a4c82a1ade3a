/**
 * The start of every `rkv …`: hands the words to oclif and turns whatever comes back, unknown
 * commands included, into one line and an exit code.
 */
import { Config, run, settings } from '@oclif/core';
import { reportError, wantsJson } from './report-error.js';

/**
 * A connection that never spoke HTTP/2 outlives its channel in grpc-js; nobody shall wait for that.
 */
const LINGER_MS = 50;
/** 128 + SIGPIPE: what a program dies of whose reader has gone (`rkv scan | head`). */
const EXIT_BROKEN_PIPE = 141;

function endWhenReaderIsGone(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT_BROKEN_PIPE);
    throw error;
  });
}

/** `root` is the file URL of the launcher in bin/, beside the package's package.json. */
export async function main(root: string, options: { development: boolean }): Promise<void> {
  endWhenReaderIsGone(process.stdout);
  endWhenReaderIsGone(process.stderr);
  // Without this a NODE_ENV of "test" in the caller's shell makes oclif look for TypeScript
  // sources.
  settings.enableAutoTranspile = options.development;
  settings.debug = options.development;
  const argv = process.argv.slice(2);
  try {
    await run(argv, root);
  } catch (thrown) {
    const commands = await Config.load(root).then(
      (config) => config.commandIDs,
      () => [],
    );
    process.exitCode = reportError(thrown, wantsJson(argv), commands);
  }
  // Writes to pipes and files are synchronous, so nothing that was printed is lost.
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
