/**
 * Stored rows against their digests, in the background and rate-limited: once after the start, then
 * again and again with a rest between. What does not fit fences the replica.
 */
import type { Clock } from '../base/clock.js';
import type { GroupId } from '../base/ids.js';
import type { Host } from '../host/host.js';
import type { OpenedNodeState } from '../machine/store/node-state.js';
import type { Logger } from '../observe/logger.js';

export interface ScrubberParts {
  readonly state: OpenedNodeState;
  readonly host: Host;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly bytesPerSecond: number;
}

const FIRST_AFTER_MS = 2_000;
const REST_MS = 60 * 60 * 1000;

export function startScrubber(parts: ScrubberParts): { stop(): void } {
  let stopped = false;
  let timer = parts.clock.after(FIRST_AFTER_MS, () => void round());
  const round = async (): Promise<void> => {
    for (const replica of [...parts.host.replicas.values()]) {
      if (stopped) return;
      if (replica.fenced || replica.machine === null) continue;
      await scrub(parts, replica.group, () => stopped);
    }
    if (!stopped) timer = parts.clock.after(REST_MS, () => void round());
  };
  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}

/** What is found wrong comes back through the store's own `onCorrupt`, which fences. */
async function scrub(parts: ScrubberParts, group: GroupId, stopped: () => boolean): Promise<void> {
  const { state, logger, bytesPerSecond } = parts;
  try {
    const result = await state.scrub(group, { bytesPerSecond, stopped });
    logger.debug(
      { group, rows: result.rows, bytes: result.bytes, wrong: result.wrong },
      'scrubbed',
    );
  } catch (error) {
    // A replica that is dropped or replaced meanwhile has nothing to scrub.
    logger.debug({ group, error: String(error) }, 'scrub ended early');
  }
}
