/**
 * XXH3, 64 bits, seed 0 (Y. Collet, "xxHash fast digest algorithm", xxh3): the digest by which
 * Redis compares values. Short input in big integers; above that in halves of 32 bits, or the
 * largest value would take seconds.
 */
const PRIME32_1 = 0x9e3779b1;
const PRIME32_2 = 0x85ebca77;
const PRIME32_3 = 0xc2b2ae3d;
const PRIME64_1 = 0x9e3779b185ebca87n;
const PRIME64_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME64_3 = 0x165667b19e3779f9n;
const PRIME64_4 = 0x85ebca77c2b2ae63n;
const PRIME64_5 = 0x27d4eb2f165667c5n;
const MIX_1 = 0x165667919e3779f9n;
const MIX_2 = 0x9fb21c651e98df25n;

/** The default secret. */
const SECRET = Buffer.from(
  'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f' +
    'cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c' +
    '3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8' +
    'a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364' +
    'eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e' +
    '2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e',
  'hex',
);

const STRIPE = 64;
const BLOCK_STRIPES = 16;
const LANES = 8;

const wrap = (n: bigint): bigint => BigInt.asUintN(64, n);
const word = (bytes: Buffer, at: number): bigint => bytes.readBigUInt64LE(at);
const secret = (at: number): bigint => SECRET.readBigUInt64LE(at);
const rotate = (n: bigint, by: bigint): bigint => wrap(n << by) | (n >> (64n - by));

/** Both halves of the product of 128 bits, one on the other. */
function fold(a: bigint, b: bigint): bigint {
  const product = a * b;
  return wrap(product) ^ (product >> 64n);
}

function avalanche(hash: bigint): bigint {
  const mixed = wrap((hash ^ (hash >> 37n)) * MIX_1);
  return mixed ^ (mixed >> 32n);
}

/** Of XXH64, for the shortest input. */
function avalancheOld(hash: bigint): bigint {
  let mixed = wrap((hash ^ (hash >> 33n)) * PRIME64_2);
  mixed = wrap((mixed ^ (mixed >> 29n)) * PRIME64_3);
  return mixed ^ (mixed >> 32n);
}

function swap(n: bigint): bigint {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64LE(n);
  return bytes.readBigUInt64BE();
}

/** Up to 16 bytes. */
function short(bytes: Buffer): bigint {
  const { length } = bytes;
  const size = BigInt(length);
  if (length === 0) return avalancheOld(secret(56) ^ secret(64));
  if (length < 4) {
    const [first, middle, last] = [0, length >> 1, length - 1].map((at) => BigInt(bytes[at] ?? 0));
    const mixed = ((first ?? 0n) << 16n) | ((middle ?? 0n) << 24n) | (last ?? 0n) | (size << 8n);
    const flip = BigInt((SECRET.readUInt32LE(0) ^ SECRET.readUInt32LE(4)) >>> 0);
    return avalancheOld(mixed ^ flip);
  }
  if (length <= 8) {
    const high = BigInt(bytes.readUInt32LE(0));
    const low = BigInt(bytes.readUInt32LE(length - 4));
    const keyed = ((high << 32n) + low) ^ secret(8) ^ secret(16);
    let hash = keyed ^ rotate(keyed, 49n) ^ rotate(keyed, 24n);
    hash = wrap(hash * MIX_2);
    hash = wrap((hash ^ ((hash >> 35n) + size)) * MIX_2);
    return hash ^ (hash >> 28n);
  }
  const low = word(bytes, 0) ^ secret(24) ^ secret(32);
  const high = word(bytes, length - 8) ^ secret(40) ^ secret(48);
  return avalanche(wrap(size + swap(low) + high + fold(low, high)));
}

const mix16 = (bytes: Buffer, at: number, from: number): bigint =>
  fold(word(bytes, at) ^ secret(from), word(bytes, at + 8) ^ secret(from + 8));

/** 17 to 240 bytes. */
function middle(bytes: Buffer): bigint {
  const { length } = bytes;
  let sum = BigInt(length) * PRIME64_1;
  if (length <= 128) {
    for (let i = (length - 1) >> 5; i >= 0; i--) {
      sum += mix16(bytes, 16 * i, 32 * i) + mix16(bytes, length - 16 * (i + 1), 32 * i + 16);
    }
    return avalanche(wrap(sum));
  }
  for (let i = 0; i < 8; i++) sum += mix16(bytes, 16 * i, 16 * i);
  sum = avalanche(wrap(sum));
  for (let i = 8; i < length >> 4; i++) sum += mix16(bytes, 16 * i, 16 * (i - 8) + 3);
  return avalanche(wrap(sum + mix16(bytes, length - 16, 119)));
}

/** Eight sums of 64 bits, each in two halves. */
class Sums {
  readonly low: Uint32Array;
  readonly high: Uint32Array;

  constructor() {
    const first = [
      ...[BigInt(PRIME32_3), PRIME64_1, PRIME64_2, PRIME64_3, PRIME64_4],
      ...[BigInt(PRIME32_2), PRIME64_5, BigInt(PRIME32_1)],
    ];
    this.low = Uint32Array.from(first, (n) => Number(n & 0xffffffffn));
    this.high = Uint32Array.from(first, (n) => Number(n >> 32n));
  }

  at(lane: number): bigint {
    return (BigInt(this.high[lane] ?? 0) << 32n) | BigInt(this.low[lane] ?? 0);
  }

  #add(lane: number, low: number, high: number): void {
    const sum = (this.low[lane] as number) + low;
    this.low[lane] = sum;
    this.high[lane] = (this.high[lane] as number) + high + (sum > 0xffffffff ? 1 : 0);
  }

  /** 64 bytes, with the secret from `from` on. */
  accumulate(bytes: DataView, at: number, from: number): void {
    for (let lane = 0; lane < LANES; lane++) {
      const low = bytes.getUint32(at + 8 * lane, true);
      const high = bytes.getUint32(at + 8 * lane + 4, true);
      const a = (low ^ KEYS.getUint32(from + 8 * lane, true)) >>> 0;
      const b = (high ^ KEYS.getUint32(from + 8 * lane + 4, true)) >>> 0;
      this.#add(lane ^ 1, low, high);
      this.#add(lane, Math.imul(a, b) >>> 0, highHalf(a, b));
    }
  }

  /** At the end of a block. */
  scramble(): void {
    for (let lane = 0; lane < LANES; lane++) {
      const low = this.low[lane] as number;
      const high = this.high[lane] as number;
      const a = (low ^ (high >>> 15) ^ KEYS.getUint32(128 + 8 * lane, true)) >>> 0;
      const b = (high ^ KEYS.getUint32(132 + 8 * lane, true)) >>> 0;
      this.low[lane] = Math.imul(a, PRIME32_1);
      this.high[lane] = highHalf(a, PRIME32_1) + (Math.imul(b, PRIME32_1) >>> 0);
    }
  }
}

const KEYS = new DataView(SECRET.buffer, SECRET.byteOffset, SECRET.length);

/** The upper 32 bits of the product of two numbers of 32 bits. */
function highHalf(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const carried = aLow * bHigh + aHigh * bLow + ((aLow * bLow) >>> 16);
  return aHigh * bHigh + Math.floor(carried / 0x10000);
}

function long(bytes: Buffer): bigint {
  const { length } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const sums = new Sums();
  const stripes = Math.floor((length - 1) / STRIPE);
  for (let i = 0; i < stripes; i++) {
    sums.accumulate(view, STRIPE * i, 8 * (i % BLOCK_STRIPES));
    if (i % BLOCK_STRIPES === BLOCK_STRIPES - 1 && STRIPE * (i + 1) < length) sums.scramble();
  }
  sums.accumulate(view, length - STRIPE, 121);
  let sum = BigInt(length) * PRIME64_1;
  for (let lane = 0; lane < LANES; lane += 2) {
    const from = 11 + 8 * lane;
    sum += fold(sums.at(lane) ^ secret(from), sums.at(lane + 1) ^ secret(from + 8));
  }
  return avalanche(wrap(sum));
}

export function xxh3(input: Uint8Array): bigint {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.length);
  if (bytes.length <= 16) return short(bytes);
  return bytes.length <= 240 ? middle(bytes) : long(bytes);
}
