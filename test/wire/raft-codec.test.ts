import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rkv } from '../../src/wire/generated/peer.js';
import { decodeAppends, encodeAppends } from '../../src/wire/peer-codec.js';
import { ProtoReader } from '../../src/wire/proto/reader.js';
import { ProtoWriter, sizeOfVarint } from '../../src/wire/proto/writer.js';
import { readMessage } from '../../src/wire/raft-decode.js';
import { type GroupMessage, sizeOfMessage, writeMessage } from '../../src/wire/raft-encode.js';
import { WireError } from '../../src/wire/wire-error.js';
import { anyMessage } from './arbitraries.js';
import { propertiesOf } from './generated-twin.js';

const { RaftMessage } = rkv.raft;

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function written(message: GroupMessage): Buffer {
  const out = new ProtoWriter(sizeOfMessage(message));
  writeMessage(out, message);
  return out.finish();
}

function readBack(bytes: Uint8Array): GroupMessage {
  const framed = new ProtoWriter(sizeOfVarint(bytes.length) + bytes.length);
  framed.varint(bytes.length);
  for (const byte of bytes) framed.tag(byte);
  return readMessage(new ProtoReader(framed.finish()));
}

describe('the codec written by hand and the generated one', () => {
  test('say the same: what one writes, the other reads', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const generated = RaftMessage.encode(propertiesOf(message)).finish();
        const mine = written(message);
        const again = RaftMessage.encode(RaftMessage.decode(mine)).finish();
        expect(plain(readBack(again))).toEqual(plain(message));
        expect(plain(readBack(generated))).toEqual(plain(message));
        expect(plain(readBack(mine))).toEqual(plain(message));
      }),
      { numRuns: 1000 },
    );
  });

  test('agree when unknown fields stand among the known, and when fields come backwards', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const mine = written(message);
        const unknown = Buffer.from([0xf8, 0x01, 0x05, 0xf2, 0x01, 0x02, 0x01, 0x02]);
        expect(plain(readBack(Buffer.concat([unknown, mine, unknown])))).toEqual(plain(message));
        const head = RaftMessage.encode({
          group: message.group,
          from: message.message.from,
          to: message.message.to,
          term: message.message.term,
        }).finish();
        const body = RaftMessage.encode({
          ...propertiesOf(message),
          group: null,
          from: null,
          to: null,
          term: null,
        }).finish();
        expect(plain(readBack(Buffer.concat([body, head])))).toEqual(plain(message));
      }),
    );
  });

  test('a message cut anywhere is refused, or says less, but nothing else is thrown', () => {
    fc.assert(
      fc.property(anyMessage, fc.nat(), (message, seed) => {
        const bytes = encodeAppends({ messages: [message], counted: true, acked: 3 });
        const cut = bytes.subarray(0, seed % bytes.length);
        try {
          decodeAppends(cut);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
    );
  });
});
