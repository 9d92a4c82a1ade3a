/**
 * Kills node processes from outside, by pid, in a fixed pattern; supervision must bring them back.
 */
import { kill, pause, until } from './cluster.mjs';

/** Ten rounds: four leaders, five nodes by chance, once all at the same instant. */
const PATTERN = ['leader', 'any', 'leader', 'any', 'leader', 'any', 'leader', 'any', 'any', 'all'];
const ALL_BACK_MS = 60_000;

export class Killer {
  /**
   * @param {import('./cluster.mjs').Cluster} cluster
   * @param {() => Promise<{ shards: { leader: number | null }[] }>} status
   */
  constructor(cluster, status, pauseMs) {
    this.cluster = cluster;
    this.status = status;
    this.pauseMs = pauseMs;
    this.kills = 0;
    this.leaderKills = 0;
    this.allKills = 0;
    this.rounds = 0;
  }

  /**
   * One round: waits until all nodes run, kills, waits a little. Throws when they do not come back.
   */
  async round() {
    const processes = await until(() => this.allRunning(), ALL_BACK_MS);
    if (processes === null) throw new Error('not all nodes came back: supervision failed');
    const kind = PATTERN[this.rounds % PATTERN.length];
    this.rounds += 1;
    const victims = await this.victims(kind, processes.nodes);
    if (victims.length === 0) return;
    const killed = victims.filter(({ pid }) => kill(pid)).length;
    this.kills += killed;
    if (kind === 'leader') this.leaderKills += killed;
    if (kind === 'all' && killed === processes.nodes.length) this.allKills += 1;
    await pause(this.pauseMs);
  }

  async allRunning() {
    const processes = await this.cluster.processes();
    const running = processes.nodes.every(({ state, pid }) => pid !== null && state === 'up');
    return running ? processes : null;
  }

  async victims(kind, nodes) {
    if (kind === 'all') return nodes;
    if (kind === 'any') return [nodes[Math.floor(Math.random() * nodes.length)]];
    const leaders = await until(async () => {
      const { shards } = await this.status();
      const known = shards.map(({ leader }) => leader).filter((leader) => leader !== null);
      return known.length > 0 ? known : null;
    }, ALL_BACK_MS);
    if (leaders === null) throw new Error('no shard has a leader');
    const chosen = leaders[Math.floor(Math.random() * leaders.length)];
    return nodes.filter(({ id }) => id === chosen);
  }
}
