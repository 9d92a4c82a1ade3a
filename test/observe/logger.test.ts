/** FAULTS 96: whoever reads the log may stall; the node goes on, lines are dropped and counted. */
import { describe, expect, it } from 'vitest';
import { createLogSink, MAX_QUEUED_BYTES } from '../../src/observe/log-sink.js';
import { createLog } from '../../src/observe/logger.js';

/** A descriptor that takes nothing until told to. */
function stalledSink() {
  const written: string[] = [];
  let release: (() => void) | null = null;
  let stalled = true;
  const sink = createLogSink(
    (lines) => `dropped ${lines}\n`,
    (bytes, done) => {
      written.push(bytes);
      if (stalled) release = done;
      else done();
    },
  );
  const resume = (): void => {
    stalled = false;
    release?.();
  };
  return { sink, written, resume };
}

describe('log sink', () => {
  it('drops and counts when the reader stalls, and says so afterwards', async () => {
    const { sink, written, resume } = stalledSink();
    const line = `${'x'.repeat(1023)}\n`;
    const fit = MAX_QUEUED_BYTES / line.length;
    for (let i = 0; i < fit + 7; i += 1) sink.write(line);
    expect(sink.dropped()).toBe(7);
    expect(written).toEqual([line]);

    resume();
    await sink.flush(1000);
    const lines = written.join('').split('\n');
    expect(lines.filter((text) => text.startsWith('x'))).toHaveLength(fit);
    expect(lines.filter((text) => text.startsWith('dropped'))).toEqual(['dropped 7']);
    sink.write(line);
    expect(sink.dropped()).toBe(7);
  });

  it('gives up a flush after its time', async () => {
    const { sink, resume } = stalledSink();
    sink.write('a\n');
    await sink.flush(5);
    resume();
    await sink.flush(5);
  });
});

describe('logger', () => {
  const linesOf = (format: 'json' | 'pretty', level: 'info' | 'silent' = 'info') => {
    const written: string[] = [];
    const sink = createLogSink(
      () => '',
      (bytes, done) => {
        written.push(bytes);
        done();
      },
    );
    const { logger } = createLog({ level, format, fields: { node: 2 } }, sink);
    logger.debug({}, 'not shown');
    logger.child({ shard: 4 }).warn({ peer: 3, reason: 'timed out' }, 'peer lost');
    return written;
  };

  it('writes one JSON object a line', () => {
    const lines = linesOf('json');
    expect(lines).toHaveLength(1);
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    expect(line).toEqual({
      level: 40,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      node: 2,
      shard: 4,
      peer: 3,
      reason: 'timed out',
      msg: 'peer lost',
    });
  });

  it('writes short lines for people', () => {
    expect(linesOf('pretty').join('')).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} WARN {2}peer lost {2}node=2 shard=4 peer=3 reason="timed out"\n$/,
    );
  });

  it('can be silent', () => expect(linesOf('json', 'silent')).toEqual([]));
});
