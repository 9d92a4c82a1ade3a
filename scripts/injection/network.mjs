/**
 * A network of namespaces: one for each node and caller, a router between them. A rule in the
 * router loses packets of one direction in silence; nothing outside the namespaces is touched.
 */
import { run } from './disks.mjs';

const SUBNET = '10.77';

export class Network {
  #names = new Map();
  #rules = [];

  constructor() {
    this.prefix = `rkvf${process.pid}`;
    this.router = `${this.prefix}r`;
  }

  /** Namespaces numbered by `ids`, below 250. */
  static async create(ids) {
    const network = new Network();
    await run('ip', ['netns', 'add', network.router]);
    await network.inside(network.router, ['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
    for (const id of ids) await network.#join(id);
    return network;
  }

  inside(namespace, command) {
    return run('ip', ['netns', 'exec', namespace, ...command]);
  }

  host = (id) => `${SUBNET}.${id}.2`;
  namespace = (id) => this.#names.get(id);

  async #join(id) {
    const name = `${this.prefix}n${id}`;
    await run('ip', ['netns', 'add', name]);
    this.#names.set(id, name);
    const ip = (namespace, ...words) => run('ip', ['-n', namespace, ...words]);
    const link = ['link', 'add', 'up0', 'type', 'veth', 'peer', 'name', `d${id}`];
    await ip(name, ...link, 'netns', this.router);
    await ip(name, 'addr', 'add', `${this.host(id)}/24`, 'dev', 'up0');
    await ip(this.router, 'addr', 'add', `${SUBNET}.${id}.1/24`, 'dev', `d${id}`);
    await ip(name, 'link', 'set', 'lo', 'up');
    await ip(name, 'link', 'set', 'up0', 'up');
    await ip(this.router, 'link', 'set', `d${id}`, 'up');
    await ip(name, 'route', 'add', 'default', 'via', `${SUBNET}.${id}.1`);
  }

  /** What `from` sends to `to` is lost from now on. */
  async cut(from, to) {
    const rule = ['from', this.host(from), 'to', this.host(to), 'blackhole'];
    await run('ip', ['-n', this.router, 'rule', 'add', ...rule]);
    this.#rules.push(rule);
  }

  async cutBoth(a, b) {
    await this.cut(a, b);
    await this.cut(b, a);
  }

  async heal() {
    for (const rule of this.#rules.splice(0)) {
      await run('ip', ['-n', this.router, 'rule', 'del', ...rule]);
    }
  }

  async remove() {
    for (const name of [...this.#names.values(), this.router]) {
      await run('ip', ['netns', 'del', name]).catch(() => undefined);
    }
  }
}
