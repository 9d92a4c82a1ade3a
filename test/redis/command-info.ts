/** What COMMAND INFO says of a command, as far as clients act on it. */
import { RawClient } from './raw-client.js';
import { treeOf } from './reply.js';

export interface Told {
  readonly arity: number;
  readonly flags: readonly string[];
  /** First, last, step. */
  readonly keys: readonly number[];
  readonly acl: readonly string[];
}

/** By full name; a name that is not known is missing. */
export async function told(port: number, names: readonly string[]): Promise<Map<string, Told>> {
  const client = await RawClient.connect(port);
  const reply = await client.ask(['command', 'info', ...names]);
  client.close();
  const found = new Map<string, Told>();
  for (const { items } of treeOf(reply).items) {
    const [name, arity, flags, first, last, step, acl] = items;
    if (name === undefined) continue;
    const texts = (list: typeof flags) => (list?.items ?? []).map(({ text }) => text).sort();
    found.set(name.text, {
      arity: Number(arity?.text),
      flags: texts(flags),
      keys: [first, last, step].map((one) => Number(one?.text)),
      acl: texts(acl),
    });
  }
  return found;
}
