/** INFO: sections of `name:value` lines. Numbers are measured, or constants of what rkv is. */
import type { Client } from './client.js';
import type { DoorContext } from './context.js';
import type { OwnFigures } from './types.js';
import { REDIS_VERSION } from './version.js';

type Fields = readonly (readonly [string, string | number])[];

export interface InfoAsk {
  readonly door: DoorContext;
  readonly client: Client;
  readonly own: OwnFigures;
}

type Section = (ask: InfoAsk) => Fields;

const MIB = 1024 * 1024;

/**
 * Node ids of Redis have 40 hexadecimal digits: the cluster's id and the node's number make one.
 */
export function redisNodeId(clusterId: string, nodeId: number): string {
  const hex = clusterId.replace(/[^0-9a-f]/gi, '').toLowerCase();
  return hex.padEnd(32, '0').slice(0, 32) + nodeId.toString(16).padStart(8, '0');
}

function human(bytes: number): string {
  return bytes < MIB ? `${(bytes / 1024).toFixed(2)}K` : `${(bytes / MIB).toFixed(2)}M`;
}

function server({ door, client }: InfoAsk): Fields {
  const { node, clock, startedAt } = door;
  const seconds = Math.floor((clock.monotonic() - startedAt) / 1000);
  return [
    ['redis_version', REDIS_VERSION],
    ['redis_mode', client.mode],
    ['rkv_version', node.release],
    ['rkv_node_id', node.nodeId],
    ['rkv_cluster_id', node.clusterId],
    ['os', `${process.platform} ${process.arch}`],
    ['arch_bits', 64],
    ['multiplexing_api', 'libuv'],
    ['node_version', process.version],
    ['process_id', process.pid],
    ['run_id', redisNodeId(node.clusterId, node.nodeId)],
    ['tcp_port', client.localAddress.slice(client.localAddress.lastIndexOf(':') + 1)],
    ['server_time_usec', Math.floor(clock.wall() * 1000)],
    ['uptime_in_seconds', seconds],
    ['uptime_in_days', Math.floor(seconds / 86_400)],
    ['executable', process.execPath],
    ['config_file', ''],
  ];
}

function clients({ door }: InfoAsk): Fields {
  const all = door.clients.all();
  return [
    ['connected_clients', all.length],
    ['cluster_connections', 0],
    ['maxclients', door.limits.connections],
    [
      'client_recent_max_input_buffer',
      Math.max(0, ...all.slice(0, 1000).map((one) => one.control.unread)),
    ],
    [
      'client_recent_max_output_buffer',
      Math.max(0, ...all.slice(0, 1000).map((one) => one.control.unsent)),
    ],
    ['blocked_clients', 0],
    ['tracking_clients', 0],
    ['watching_clients', all.filter((one) => one.watched !== null).length],
  ];
}

function memory({ own }: InfoAsk): Fields {
  const { rss, heapUsed, external } = process.memoryUsage();
  const used = heapUsed + external;
  const dataset = own.shards.reduce((sum, shard) => sum + shard.bytes, 0);
  return [
    ['used_memory', used],
    ['used_memory_human', human(used)],
    ['used_memory_rss', rss],
    ['used_memory_rss_human', human(rss)],
    ['used_memory_dataset', dataset],
    ['maxmemory', 0],
    ['maxmemory_human', '0B'],
    ['maxmemory_policy', 'noeviction'],
    ['mem_fragmentation_ratio', (rss / used).toFixed(2)],
    ['mem_allocator', 'v8'],
  ];
}

const persistence = (): Fields => [
  ['loading', 0],
  ['async_loading', 0],
  ['rdb_changes_since_last_save', 0],
  ['rdb_bgsave_in_progress', 0],
  ['rdb_last_bgsave_status', 'ok'],
  ['aof_enabled', 1],
  ['aof_rewrite_in_progress', 0],
  ['aof_last_bgrewrite_status', 'ok'],
  ['aof_last_write_status', 'ok'],
];

function stats({ door, own }: InfoAsk): Fields {
  const { clients: all, stats: counted, clock } = door;
  const seconds = Math.max(0.001, (clock.monotonic() - counted.since) / 1000);
  return [
    ['total_connections_received', all.accepted],
    ['total_commands_processed', counted.commands],
    ['instantaneous_ops_per_sec', counted.perSecond(clock.monotonic())],
    ['total_net_input_bytes', counted.inputBytes],
    ['total_net_output_bytes', counted.outputBytes],
    ['instantaneous_input_kbps', (counted.inputBytes / 1024 / seconds).toFixed(2)],
    ['instantaneous_output_kbps', (counted.outputBytes / 1024 / seconds).toFixed(2)],
    ['rejected_connections', all.rejected],
    ['client_output_buffer_limit_disconnections', counted.outputLimit],
    ['evicted_keys', 0],
    ['total_error_replies', counted.errorReplies],
    ['unexpected_error_replies', counted.unexpected],
    ['pubsub_channels', 0],
    ['pubsub_patterns', 0],
    ['rkv_forwarded_requests', own.forwarded],
  ];
}

function replication({ door, own }: InfoAsk): Fields {
  const applied = own.shards.reduce((sum, shard) => sum + shard.applied, 0);
  return [
    ['role', 'master'],
    ['connected_slaves', 0],
    ['master_failover_state', 'no-failover'],
    ['master_replid', redisNodeId(door.node.clusterId, 0)],
    ['master_repl_offset', applied],
    ['rkv_shards_led', own.shards.filter((shard) => shard.leads).length],
    ['rkv_replicas', own.shards.length],
  ];
}

function cpu(): Fields {
  const { user, system } = process.cpuUsage();
  return [
    ['used_cpu_sys', (system / 1e6).toFixed(6)],
    ['used_cpu_user', (user / 1e6).toFixed(6)],
  ];
}

function commandstats({ door }: InfoAsk): Fields {
  const fields: [string, string][] = [];
  for (const entry of door.registry.entries) {
    for (const one of [entry, ...entry.subentries]) {
      const { calls, microseconds, rejected, failed } = one.stats;
      if (calls === 0 && rejected === 0) continue;
      const each = calls === 0 ? 0 : microseconds / calls;
      fields.push([
        `cmdstat_${one.fullName}`,
        `calls=${calls},usec=${Math.round(microseconds)},usec_per_call=${each.toFixed(2)},` +
          `rejected_calls=${rejected},failed_calls=${failed}`,
      ]);
    }
  }
  return fields;
}

const errorstats = ({ door }: InfoAsk): Fields =>
  [...door.stats.errors].map(([prefix, count]) => [`errorstat_${prefix}`, `count=${count}`]);

const cluster = ({ client }: InfoAsk): Fields => [
  ['cluster_enabled', client.mode === 'cluster' ? 1 : 0],
];

/** Of the shards that have a replica on this node. */
function keyspace({ own }: InfoAsk): Fields {
  const fields: [string, string][] = [];
  const databases = own.shards[0]?.keys.length ?? 0;
  for (let database = 0; database < databases; database++) {
    const keys = own.shards.reduce((sum, shard) => sum + (shard.keys[database] ?? 0), 0);
    const expires = own.shards.reduce((sum, shard) => sum + (shard.expires[database] ?? 0), 0);
    if (keys > 0) fields.push([`db${database}`, `keys=${keys},expires=${expires},avg_ttl=0`]);
  }
  return fields;
}

interface SectionRow {
  readonly title: string;
  readonly fields: Section;
  /** Not shown unless asked for by name, or with `all`. */
  readonly extra?: true;
}

const SECTIONS: readonly SectionRow[] = [
  { title: 'Server', fields: server },
  { title: 'Clients', fields: clients },
  { title: 'Memory', fields: memory },
  { title: 'Persistence', fields: persistence },
  { title: 'Stats', fields: stats },
  { title: 'Replication', fields: replication },
  { title: 'CPU', fields: cpu },
  { title: 'Modules', fields: () => [] },
  { title: 'Commandstats', fields: commandstats, extra: true },
  { title: 'Errorstats', fields: errorstats },
  { title: 'Cluster', fields: cluster },
  { title: 'Keyspace', fields: keyspace },
];

/** `names` in lower case; none: the default sections. */
export function infoText(ask: InfoAsk, names: ReadonlySet<string>): string {
  const everything = names.has('all') || names.has('everything');
  const defaults = names.size === 0 || names.has('default');
  const parts: string[] = [];
  for (const { title, fields, extra } of SECTIONS) {
    const asked = names.has(title.toLowerCase());
    if (!asked && !everything && !(defaults && extra !== true)) continue;
    const lines = fields(ask).map(([name, value]) => `${name}:${value}\r\n`);
    parts.push(`# ${title}\r\n${lines.join('')}`);
  }
  return parts.join('\r\n');
}
