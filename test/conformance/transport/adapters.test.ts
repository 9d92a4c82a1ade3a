import { systemClock } from '../../../src/base/clock.js';
import { type NodeId, nodeId } from '../../../src/base/ids.js';
import type { Transport } from '../../../src/replica/ports.js';
import type { GrpcTransport } from '../../../src/transport/grpc-transport.js';
import { DEFAULT_TRANSPORT_LIMITS } from '../../../src/transport/limits.js';
import { createMemoryNetwork } from '../../../src/transport/memory-network.js';
import { openNode } from '../../transport/harness.js';
import { transportConformance, type World } from './transport.js';

function memoryWorld(): World {
  const network = createMemoryNetwork();
  const open = new Map<NodeId, Transport>();
  return {
    async open(id, boot, handler) {
      const transport = network.open({
        self: nodeId(id),
        bootId: `boot-${id}-${boot}`,
        handler,
        limits: DEFAULT_TRANSPORT_LIMITS,
        clock: systemClock,
      });
      open.set(nodeId(id), transport);
      return transport;
    },
    addresses: () => new Map([...open.keys()].map((id) => [id, `memory:${id}`])),
    end: async () => void (await Promise.all([...open.values()].map((each) => each.close()))),
  };
}

function grpcWorld(): World {
  const open = new Map<NodeId, GrpcTransport>();
  return {
    async open(id, boot, handler) {
      const { transport } = await openNode({ id, boot, handler });
      open.set(nodeId(id), transport);
      return transport;
    },
    addresses: () => new Map([...open].map(([id, { address }]) => [id, address])),
    end: async () => void (await Promise.all([...open.values()].map((each) => each.close()))),
  };
}

transportConformance('memory', memoryWorld);
transportConformance('gRPC', grpcWorld);
