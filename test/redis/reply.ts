/** Raw replies as trees: to sort what has no order, and to compare numbers that may differ. */
import { endOfReply } from './raw-client.js';

export interface ReplyTree {
  /** The first byte of its line: `+ - : $ * _ , # = ( ! % ~ >`. */
  readonly type: string;
  /** The line, or the bytes of a string; of a collection its count. */
  readonly text: string;
  readonly items: readonly ReplyTree[];
}

const COLLECTIONS = '*~>%';
const STRINGS = '$=!';

export function treeOf(reply: string): ReplyTree {
  return read(reply, 0);
}

function read(reply: string, at: number): ReplyTree {
  const type = reply[at] ?? '';
  const line = reply.indexOf('\r\n', at);
  const head = reply.slice(at + 1, line);
  const next = line + 2;
  if (STRINGS.includes(type)) {
    const length = Number(head);
    return { type, text: length < 0 ? '-1' : reply.slice(next, next + length), items: [] };
  }
  if (!COLLECTIONS.includes(type)) return { type, text: head, items: [] };
  const count = Number(head) * (type === '%' ? 2 : 1);
  const items: ReplyTree[] = [];
  let from = next;
  for (let i = 0; i < count; i++) {
    items.push(read(reply, from));
    from = endOfReply(reply, from);
  }
  return { type, text: head, items };
}

const flat = (tree: ReplyTree): string =>
  `${tree.type}${tree.text}(${tree.items.map(flat).join(',')})`;

/** Items of the outermost collection in an order of their own; pairs stay together. */
export function sorted(reply: string, width: 1 | 2): string {
  const { type, text, items } = treeOf(reply);
  if (items.length === 0) return reply;
  const step = type === '%' ? 2 : width;
  const groups: string[] = [];
  for (let i = 0; i < items.length; i += step) {
    groups.push(
      items
        .slice(i, i + step)
        .map(flat)
        .join('='),
    );
  }
  return `${type}${text}(${groups.sort().join(',')})`;
}

/** The types alone: of a collection those that occur in it. */
export function shapeOf(reply: string): string {
  const shape = ({ type, text, items }: ReplyTree): string => {
    if (type === '-') return `-${text.split(' ', 1)[0]}`;
    if (type === '$' && text === '-1') return '$-1';
    const inner = [...new Set(items.map(shape))].sort();
    return inner.length === 0 ? type : `${type}(${inner.join('')})`;
  };
  return shape(treeOf(reply));
}

/** Sets inside the reply have no order either. */
export function withSortedSets(reply: string): string {
  const write = ({ type, text, items }: ReplyTree): string => {
    const inner = items.map(write);
    if (type === '~') inner.sort();
    return `${type}${text}(${inner.join(',')})`;
  };
  return write(treeOf(reply));
}

/** Whether both are equal but for integers that lie at most so far apart. */
export function isNear(a: string, b: string, distance: number): boolean {
  const near = (one: ReplyTree, other: ReplyTree): boolean => {
    if (one.type !== other.type || one.items.length !== other.items.length) return false;
    if (one.type === ':') {
      const [x, y] = [Number(one.text), Number(other.text)];
      return x < 0 || y < 0 ? x === y : Math.abs(x - y) <= distance;
    }
    if (one.items.length === 0) return one.text === other.text;
    return one.items.every((item, i) => near(item, other.items[i] as ReplyTree));
  };
  return near(treeOf(a), treeOf(b));
}
