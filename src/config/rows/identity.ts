/** Rows that say who a node is and where it lives and listens. */
import type { OptionRow } from '../row.js';

const NOT_YET = 'This door is not in this version: the address is checked, status shows null.';
const ADVERTISED = 'Address told to others; null: what is bound.';

export const IDENTITY_ROWS = {
  nodeId: {
    type: 'int',
    unit: 'count',
    min: 1,
    max: 65_535,
    default: 1,
    help: 'Number of this node; never reused for another disk.',
  },
  clusterName: {
    type: 'text',
    default: 'default',
    help: 'Name shown by status; has no meaning for safety (the cluster id has).',
  },
  clusterId: {
    type: 'text',
    default: null,
    help: 'Id of the cluster this node belongs to; null: what the data directory says, else a new one.',
  },
  dataDir: { type: 'path', default: './data', help: 'Data directory of the node, mode 0700.' },
  engine: {
    type: 'enum',
    values: ['level', 'memory'],
    default: 'level',
    help: 'memory keeps log and state in memory: a restarted node must rejoin as a new member.',
  },
  listenGrpc: {
    type: 'address',
    default: '127.0.0.1:7410',
    help: 'Where clients come in (command line, TypeScript client); port 0: the system chooses.',
  },
  listenRedis: {
    type: 'address',
    default: '127.0.0.1:7411',
    mayBeOff: true,
    help: 'Redis clients: every node serves every key, nothing is redirected; off: no such door.',
  },
  listenHttp: { type: 'address', default: '127.0.0.1:7412', help: `HTTP. ${NOT_YET}` },
  listenPeer: {
    type: 'address',
    default: '127.0.0.1:7413',
    help: 'Where the other nodes come in; the addresses of --bootstrap and --join.',
  },
  listenRedisCluster: {
    type: 'address',
    default: '127.0.0.1:7414',
    mayBeOff: true,
    help: 'Redis cluster clients: a key led elsewhere is answered with MOVED; off: no such door.',
  },
  advertiseGrpc: { type: 'address', default: null, help: `Client door. ${ADVERTISED}` },
  advertiseRedis: { type: 'address', default: null, help: `Redis door. ${ADVERTISED}` },
  advertiseHttp: { type: 'address', default: null, help: `HTTP door. ${ADVERTISED}` },
  advertisePeer: { type: 'address', default: null, help: `Peer door. ${ADVERTISED}` },
  advertiseRedisCluster: {
    type: 'address',
    default: null,
    help: `Redis cluster door. ${ADVERTISED}`,
  },
  insecureListen: {
    type: 'bool',
    default: false,
    help: 'Allows listening on addresses other than loopback although there is no TLS yet.',
  },
  logLevel: {
    type: 'enum',
    values: ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
    default: 'info',
    help: 'Lines below this level are not written.',
  },
  logFormat: {
    type: 'enum',
    values: ['auto', 'json', 'pretty'],
    default: 'auto',
    help: 'auto: pretty on a terminal, one JSON object a line elsewhere.',
  },
} as const satisfies Record<string, OptionRow>;
