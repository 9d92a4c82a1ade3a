/**
 * A snapshot on its way between simulated nodes: one chunk waits for the one before, each step
 * takes the wire over and the wire back, and a connection that ends takes the stream with it.
 */
import type { SnapshotHeader, SnapshotSink } from '../../../src/replica/ports.js';
import { SnapshotError } from '../../../src/transport/errors.js';
import type { SnapshotTotals } from '../../../src/wire/snapshot-codec.js';
import type { Link } from './link.js';
import type { SimTransport } from './transport.js';

const textOf = (error: unknown): string => (error instanceof Error ? error.message : 'refused');

/** A snapshot is rate-limited: so long a step may wait, at most. */
const STEP_MS = 150;

/** One question to the receiver, asked and answered over the wires. */
function ask<T>(sender: SimTransport, link: Link, work: () => T | Promise<T>): Promise<T> {
  const receiver = link.otherThan(sender);
  const { network } = sender;
  return new Promise((resolve, reject) => {
    const lost = (): void => {
      // In the sender's own process: a dead one hears nothing.
      sender.process.later(0, 'snapshot lost', () => {
        reject(new SnapshotError('lost', `the connection to node ${receiver.self} is gone`));
      });
    };
    if (link.ended) return lost();
    link.onEnd(lost);
    const answer = (then: () => void): void => {
      if (!receiver.process.acts()) return;
      network.carry(receiver.self, sender.self, 'snapshot', () => {
        if (sender.process.alive) sender.process.later(0, 'snapshot', then);
      });
    };
    network.carry(sender.self, receiver.self, 'snapshot', () => {
      if (!receiver.process.alive || link.ended) return;
      receiver.process.later(network.chance.between(0, STEP_MS), 'snapshot', () => {
        network.onSnapshotStep?.(sender.self, receiver.self);
        if (link.ended) return;
        Promise.resolve()
          .then(work)
          .then(
            (result) => answer(() => resolve(result)),
            (error: unknown) => answer(() => reject(new SnapshotError('refused', textOf(error)))),
          );
      });
    });
  });
}

export async function streamSnapshot(
  sender: SimTransport,
  link: Link,
  header: SnapshotHeader,
  chunks: AsyncIterable<Uint8Array>,
  summary: () => SnapshotTotals,
): Promise<void> {
  const receiver = link.otherThan(sender);
  const { coverage } = sender.network;
  let finished = false;
  const sink: SnapshotSink = await ask(sender, link, () => {
    const opened = receiver.options.handler.onSnapshot(sender.self, header);
    coverage.hit('snapshot: begun');
    link.onEnd((why) => {
      if (finished) return;
      coverage.hit('snapshot: cut off');
      receiver.process.later(0, 'snapshot aborted', () => opened.abort(why));
    });
    return opened;
  });
  try {
    for await (const chunk of chunks) {
      const bytes = Buffer.from(chunk);
      await ask(sender, link, () => {
        coverage.hit('snapshot: a chunk');
        return sink.chunk(bytes);
      });
    }
    const totals = summary();
    await ask(sender, link, () => sink.finish(totals));
    coverage.hit('snapshot: installed');
  } catch (error) {
    if (error instanceof SnapshotError && error.outcome === 'refused') {
      coverage.hit('snapshot: refused');
    } else if (!link.ended) {
      receiver.process.later(0, 'snapshot aborted', () => sink.abort(textOf(error)));
    }
    throw error;
  } finally {
    finished = true;
  }
}
