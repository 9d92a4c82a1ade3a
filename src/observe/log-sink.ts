/**
 * Where log lines go: a bounded queue in front of a descriptor, because a reader of stderr that
 * stalls, or a disk that hangs under a log file, must never stop a node. Full: new lines are
 * dropped and counted, and the count is told once the queue moves again.
 *
 * Pipes and sockets are written by the event loop without blocking; files in the thread pool, one
 * write at a time. (A pipe in the thread pool would hold up the exit of the process.)
 */
import { fstatSync, write } from 'node:fs';

export const MAX_QUEUED_BYTES = 1024 * 1024;

export interface LogSink {
  write(line: string): void;
  /** Lines dropped since the process began. */
  dropped(): number;
  /** Resolves when all is written, or after `timeoutMs`: what is stuck stays behind. */
  flush(timeoutMs: number): Promise<void>;
}

/** How bytes leave; `done` is called once, also after an error: a log that fails is no fault. */
export type WriteBytes = (bytes: string, done: () => void) => void;

function writerOf(fd: number): WriteBytes {
  if (fd === 2 && !fstatSync(fd).isFile()) {
    process.stderr.on('error', () => undefined);
    return (bytes, done) => void process.stderr.write(bytes, () => done());
  }
  return (bytes, done) => {
    const buffer = Buffer.from(bytes);
    const from = (offset: number): void => {
      write(fd, buffer, offset, buffer.length - offset, null, (error, written) => {
        if (error !== null || written === 0 || offset + written >= buffer.length) done();
        else from(offset + written);
      });
    };
    from(0);
  };
}

/** `describeDropped` makes the line that tells of a gap. */
export function createLogSink(
  describeDropped: (lines: number) => string,
  writeBytes: WriteBytes = writerOf(2),
): LogSink {
  let queue: string[] = [];
  let queuedBytes = 0;
  let writing = false;
  let dropped = 0;
  let untold = 0;
  let waiting: (() => void)[] = [];

  const pump = (): void => {
    if (writing) return;
    if (queue.length === 0) {
      const idle = waiting;
      waiting = [];
      for (const resolve of idle) resolve();
      return;
    }
    writing = true;
    const bytes = queue.join('');
    queue = [];
    writeBytes(bytes, () => {
      writing = false;
      queuedBytes -= bytes.length;
      if (untold > 0) {
        const lines = untold;
        untold = 0;
        push(describeDropped(lines));
      }
      pump();
    });
  };

  const push = (line: string): void => {
    queue.push(line);
    queuedBytes += line.length;
  };

  return {
    write(line) {
      if (queuedBytes + line.length > MAX_QUEUED_BYTES) {
        dropped += 1;
        untold += 1;
        return;
      }
      push(line);
      pump();
    },
    dropped: () => dropped,
    flush(timeoutMs) {
      if (!writing && queue.length === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, timeoutMs);
        waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
  };
}
