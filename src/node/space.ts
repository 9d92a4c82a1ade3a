/**
 * Free disk space, watched: low, and this node takes no more data; critical, and it acknowledges no
 * appends (DESIGN section 5, "A full disk is no failure"). On a full disk a start frees the ballast
 * to have room to work in; a node that is up writes it again.
 */
import { type SpaceLevel, watchSpace } from '../log/space.js';
import type { Assembly } from './foundation.js';

export interface NodeSpace {
  /** The node is up: the ballast may be written again. */
  onReady(): void;
  stop(): void;
}

export async function watchNodeSpace(assembly: Assembly): Promise<NodeSpace> {
  const { options } = assembly.nodeOptions;
  const { clock, logger, environment } = assembly;
  if (options.engine === 'memory') return { onReady: () => undefined, stop: () => undefined };
  let level: SpaceLevel = 'ok';
  const tellHost = (): void => {
    const { host } = assembly;
    if (host === null) return;
    host.duties.setSpaceLow(level !== 'ok');
    host.takesAppends = level !== 'critical';
  };
  const space = await watchSpace({
    dir: options.dataDir,
    reserveBytes: options.diskReserveBytes,
    ballastBytes: options.ballastBytes,
    clock,
    disk: environment.space,
    logger: (line) => logger.warn({ part: 'space' }, line),
    onChange(now) {
      if (now !== level)
        logger.warn({ level: now, reserve: options.diskReserveBytes }, 'disk space');
      level = now;
      tellHost();
    },
  });
  if (space.level !== 'ok') await space.dropBallast();
  return {
    onReady() {
      tellHost();
      // Without room for it later looks try again.
      space.holdBallast().catch((error: unknown) => {
        logger.warn({ part: 'space', error: String(error) }, 'no ballast written');
      });
    },
    stop: () => space.stop(),
  };
}
