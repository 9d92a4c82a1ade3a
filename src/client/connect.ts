/** The way in: `const client = await connect({ endpoints: ['127.0.0.1:7410'] })`. */
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { RkvError } from '../kv/errors.js';
import { Client } from './client.js';
import { Dispatcher } from './dispatcher.js';
import type { ConnectOptions } from './types.js';

function mustEndpoint(endpoint: string): void {
  const match = /^(?:\[[0-9a-fA-F:]+\]|[^\s:]+):(\d{1,5})$/.exec(endpoint);
  const port = Number(match?.[1] ?? 0);
  if (port < 1 || port > 65_535) {
    throw new RkvError('USAGE', `endpoint '${endpoint}' is not host:port`);
  }
}

/** Resolves when one node has answered. Rejects USAGE, or UNREACHABLE when none does. */
export async function connect(options: ConnectOptions): Promise<Client> {
  if (options.endpoints.length === 0)
    throw new RkvError('USAGE', 'at least one endpoint is needed');
  for (const endpoint of options.endpoints) mustEndpoint(endpoint);
  // What grpc-js would print comes back as an error too.
  setLogVerbosity(logVerbosity.NONE);
  const dispatcher = new Dispatcher(options);
  try {
    await dispatcher.connect();
  } catch (error) {
    dispatcher.close();
    throw error;
  }
  return new Client(dispatcher, options);
}
