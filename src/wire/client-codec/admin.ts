/**
 * The messages of proto/admin.proto ⇄ plain values. Paths of the calls stand here for both sides.
 */
import { ProtoReader } from '../proto/reader.js';
import {
  bytesField,
  ProtoWriter,
  sizeOfBytes,
  sizeOfNumber,
  sizeOfVarint,
  varintField,
} from '../proto/writer.js';

export const KV_SESSION_PATH = '/rkv.v1.Kv/Session';
/** Trailer of a failed unary call: the `Error` of kv.proto. */
export const ERROR_TRAILER = 'rkv-error-bin';

/** 0: the node's default. */
export interface TimeoutRequest {
  readonly timeoutMs: number;
}

export interface TransferRequest {
  readonly shard: number;
  readonly toNode: number;
  readonly timeoutMs: number;
}

export interface LocalReadRequest {
  readonly database: number;
  readonly key: Uint8Array;
}

export interface Codec<T> {
  encode(value: T): Buffer;
  decode(bytes: Uint8Array): T;
}

/** Calls `field` for each field; it reads the value and says true, or leaves it to be skipped. */
function eachField(bytes: Uint8Array, field: (reader: ProtoReader, tag: number) => boolean): void {
  const reader = new ProtoReader(bytes);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (!field(reader, tag)) reader.skip(tag);
  }
}

const numberTags = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => varintField(i + 1));

/** A message whose fields 1 to `count` are uint32. */
function numbers(count: number): Codec<readonly number[]> {
  const tags = numberTags(count);
  return {
    encode(values) {
      const writer = new ProtoWriter(values.reduce((sum, value) => sum + sizeOfNumber(value), 0));
      for (let i = 0; i < count; i++) writer.number(tags[i] as number, values[i] ?? 0);
      return writer.finish();
    },
    decode(bytes) {
      const values = new Array<number>(count).fill(0);
      eachField(bytes, (reader, tag) => {
        const i = tags.indexOf(tag);
        if (i >= 0) values[i] = reader.uint32();
        return i >= 0;
      });
      return values;
    },
  };
}

const three = numbers(3);
const one = numbers(1);

/** Messages are objects throughout: gRPC takes a message that is not truthy for a missing one. */
export type Empty = Readonly<Record<string, never>>;

const EMPTY: Empty = {};

export const emptyCodec: Codec<Empty> = {
  encode: () => Buffer.alloc(0),
  decode(bytes) {
    eachField(bytes, () => false);
    return EMPTY;
  },
};

export const timeoutCodec: Codec<TimeoutRequest> = {
  encode: ({ timeoutMs }) => one.encode([timeoutMs]),
  decode(bytes) {
    const [timeoutMs = 0] = one.decode(bytes);
    return { timeoutMs };
  },
};

export const transferCodec: Codec<TransferRequest> = {
  encode: (request) => three.encode([request.shard, request.toNode, request.timeoutMs]),
  decode(bytes) {
    const [shard = 0, toNode = 0, timeoutMs = 0] = three.decode(bytes);
    return { shard, toNode, timeoutMs };
  },
};

const JSON_FIELD = bytesField(1);

/** A message that carries one JSON document. */
export const jsonCodec: Codec<unknown> = {
  encode(value) {
    const text = Buffer.from(JSON.stringify(value), 'utf8');
    const writer = new ProtoWriter(sizeOfBytes(text.length));
    writer.bytes(JSON_FIELD, text);
    return writer.finish();
  },
  decode(bytes) {
    let text = 'null';
    eachField(bytes, (reader, tag) => {
      if (tag !== JSON_FIELD) return false;
      text = reader.text();
      return true;
    });
    return JSON.parse(text);
  },
};

const SHARDS_PACKED = bytesField(1);
const SHARDS_SINGLE = varintField(1);

export const shardsCodec: Codec<readonly number[]> = {
  encode(shards) {
    const own = shards.reduce((sum, shard) => sum + sizeOfVarint(shard), 0);
    if (own === 0) return Buffer.alloc(0);
    const writer = new ProtoWriter(sizeOfBytes(own));
    writer.tag(SHARDS_PACKED);
    writer.varint(own);
    for (const shard of shards) writer.varint(shard);
    return writer.finish();
  },
  decode(bytes) {
    const shards: number[] = [];
    eachField(bytes, (reader, tag) => {
      if (tag === SHARDS_SINGLE) shards.push(reader.uint32());
      else if (tag === SHARDS_PACKED) {
        const outer = reader.enter();
        while (!reader.atEnd()) shards.push(reader.uint32());
        reader.leave(outer);
      } else return false;
      return true;
    });
    return shards;
  },
};

const READ_DATABASE = varintField(1);
const READ_KEY = bytesField(2);

export const localReadCodec: Codec<LocalReadRequest> = {
  encode({ database, key }) {
    const writer = new ProtoWriter(sizeOfNumber(database) + sizeOfBytes(key.length));
    writer.number(READ_DATABASE, database);
    writer.bytes(READ_KEY, key);
    return writer.finish();
  },
  decode(bytes) {
    let database = 0;
    let key: Uint8Array = Buffer.alloc(0);
    eachField(bytes, (reader, tag) => {
      if (tag === READ_DATABASE) database = reader.uint32();
      else if (tag === READ_KEY) key = reader.bytes();
      else return false;
      return true;
    });
    return { database, key };
  },
};

const VALUE = bytesField(1);

/** Null: the key is not there. */
export interface LocalReadReply {
  readonly value: Uint8Array | null;
}

export const valueCodec: Codec<LocalReadReply> = {
  encode({ value }) {
    if (value === null) return Buffer.alloc(0);
    const writer = new ProtoWriter(sizeOfBytes(value.length));
    writer.bytes(VALUE, value);
    return writer.finish();
  },
  decode(bytes) {
    let value: Uint8Array | null = null;
    eachField(bytes, (reader, tag) => {
      if (tag !== VALUE) return false;
      value = reader.bytes();
      return true;
    });
    return { value };
  },
};

/** One unary call: its path and the two codecs, the same on both sides. */
export interface Call<Request, Response> {
  readonly path: string;
  readonly request: Codec<Request>;
  readonly response: Codec<Response>;
}

const call = <Request, Response>(
  name: string,
  request: Codec<Request>,
  response: Codec<Response>,
): Call<Request, Response> => ({ path: `/rkv.v1.Admin/${name}`, request, response });

export const ADMIN_CALLS = {
  status: call('Status', timeoutCodec, jsonCodec),
  transferLeader: call('TransferLeader', transferCodec, emptyCodec),
  probe: call('Probe', timeoutCodec, shardsCodec),
  options: call('Options', emptyCodec, jsonCodec),
  localRead: call('LocalRead', localReadCodec, valueCodec),
} as const;
