/**
 * What Debian's Redis does not know yet, in the words of the documentation of those that do: each
 * command with the reply it must get, one behind the other on one connection (RESP2). A reply that
 * is a pattern names what may differ.
 */
export interface Expected {
  /** Full name of its row. */
  readonly name: string;
  readonly words: readonly string[];
  readonly reply: string | RegExp;
}

const row = (line: string, reply: string | RegExp, words = 1): Expected => {
  const parts = line.split(' ');
  return { name: parts.slice(0, words).join('|').toLowerCase(), words: parts, reply };
};

export const NEWER: readonly Expected[] = [
  row('CLIENT SETINFO LIB-NAME proof', '+OK\r\n', 2),
  row('CLIENT SETINFO LIB-VER 1.0', '+OK\r\n', 2),
  row('CLIENT SETINFO LIB-FOO x', /^-ERR Unrecognized option 'LIB-FOO'\r\n$/, 2),
  row('CLIENT INFO', /lib-name=proof lib-ver=1\.0/, 2),
  row('CLIENT NO-TOUCH ON', '+OK\r\n', 2),
  row('CLIENT NO-TOUCH FOO', '-ERR syntax error\r\n', 2),
  row('CLUSTER MYSHARDID', /^\$40\r\n[0-9a-f]{40}\r\n$/, 2),
  row('WAITAOF 0 0 0', /^\*2\r\n:1\r\n:\d\r\n$/),
  row('WAITAOF 2 0 0', /^-ERR value is out of range/),
  row('WAITAOF x 0 0', /^-ERR value is not an integer/),
  // SET IFEQ, IFNE (Valkey 8.1, Redis 8.4), DELEX (Redis 8.4), DELIFEQ (Valkey 9)
  row('SET {n}k v1', '+OK\r\n'),
  row('SET {n}k v2 IFEQ other', '$-1\r\n'),
  row('SET {n}k v2 IFEQ v1', '+OK\r\n'),
  row('SET {n}k v3 IFEQ v2 GET', '$2\r\nv2\r\n'),
  row('SET {n}k v4 IFNE v3', '$-1\r\n'),
  row('SET {n}k v4 IFNE other', '+OK\r\n'),
  row('SET {n}none v IFEQ v', '$-1\r\n'),
  row('SET {n}k v NX IFEQ v4', '-ERR syntax error\r\n'),
  row('DELEX {n}k IFEQ other', ':0\r\n'),
  row('DELEX {n}k IFEQ v4 more', "-ERR wrong number of arguments for 'delex' command\r\n"),
  row('DELEX {n}k FOO v4', '-ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE\r\n'),
  row('DELEX {n}k IFNE v4', ':0\r\n'),
  row('DELEX {n}k IFEQ v4', ':1\r\n'),
  row('DELEX {n}k', ':0\r\n'),
  row('SET {n}k v1', '+OK\r\n'),
  row('DELIFEQ {n}k v2', ':0\r\n'),
  row('DELIFEQ {n}k v1', ':1\r\n'),
  row('DELIFEQ {n}k v1', ':0\r\n'),
  // digests (Redis 8.4)
  row('SET {n}k hello', '+OK\r\n'),
  row('DIGEST {n}k', '$16\r\n9555e8555c62dcfd\r\n'),
  row('DIGEST {n}none', '$-1\r\n'),
  row('SET {n}k v IFDEQ 0000000000000000', '$-1\r\n'),
  row('SET {n}k v IFDNE 9555E8555C62DCFD', '$-1\r\n'),
  row('SET {n}k v IFDEQ 9555e', '-ERR must be exactly 16 hexadecimal characters\r\n'),
  row('SET {n}k v8 IFDEQ 9555E8555C62DCFD GET', '$5\r\nhello\r\n'),
  row('DIGEST {n}k', '$16\r\n0cc76dbb41381419\r\n'),
  row('SET {n}none v IFDEQ 9555e8555c62dcfd', '$-1\r\n'),
  row('SET {n}k v XX IFDNE 9555e8555c62dcfd', '-ERR syntax error\r\n'),
  row('DELEX {n}k IFDNE 0cc76dbb41381419', ':0\r\n'),
  row('DELEX {n}k IFDEQ zzzzzzzzzzzzzzzz', ':0\r\n'),
  row('DELEX {n}k IFDEQ 0', '-ERR must be exactly 16 hexadecimal characters\r\n'),
  row('DELEX {n}k IFDEQ 0cc76dbb41381419', ':1\r\n'),
  row('SET {n}k hello IFDNE 9555e8555c62dcfd', '+OK\r\n'),
  row('DELEX {n}k IFDNE 0cc76dbb41381419', ':1\r\n'),
  row('HSET {n}k f v', ':1\r\n'),
  row('DIGEST {n}k', /^-WRONGTYPE /),
  row('SET {n}k v IFDNE 9555e8555c62dcfd', /^-WRONGTYPE /),
  row('DELEX {n}k IFEQ v', '-ERR Key should be of string type if conditions are specified\r\n'),
  row('DELEX {n}k', ':1\r\n'),
  // deadlines of fields (Redis 7.4), HGETDEL, HGETEX and HSETEX (Redis 8.0)
  row('HSET {n}h a 1 b 2 c 3', ':3\r\n'),
  row('HEXPIRE {n}h 100 FIELDS 2 a x', '*2\r\n:1\r\n:-2\r\n'),
  row('HTTL {n}h FIELDS 3 a b x', /^\*3\r\n:(99|100)\r\n:-1\r\n:-2\r\n$/),
  row('HPTTL {n}h FIELDS 1 a', /^\*1\r\n:(9\d{4}|100000)\r\n$/),
  row('HEXPIRE {n}h 100 NX FIELDS 1 a', '*1\r\n:0\r\n'),
  row('HEXPIRE {n}h 100 FIELDS 0', /^-ERR/),
  row('HEXPIRE {n}h x FIELDS 1 a', /^-ERR/),
  row('HPEXPIRE {n}h 200000 GT FIELDS 1 a', '*1\r\n:1\r\n'),
  row('HPEXPIRE {n}h 200000 XX FIELDS 1 b', '*1\r\n:0\r\n'),
  row('HEXPIREAT {n}h 4102444800 FIELDS 1 a', '*1\r\n:1\r\n'),
  row('HEXPIRETIME {n}h FIELDS 2 a b', '*2\r\n:4102444800\r\n:-1\r\n'),
  row('HPEXPIREAT {n}h 4102444800123 FIELDS 1 b', '*1\r\n:1\r\n'),
  row('HPEXPIRETIME {n}h FIELDS 1 b', '*1\r\n:4102444800123\r\n'),
  row('HPERSIST {n}h FIELDS 3 a c x', '*3\r\n:1\r\n:-1\r\n:-2\r\n'),
  row('HEXPIRE {n}h 0 FIELDS 1 a', '*1\r\n:2\r\n'),
  row('HGET {n}h a', '$-1\r\n'),
  row('HTTL {n}none FIELDS 1 a', '*1\r\n:-2\r\n'),
  row('HGETDEL {n}h FIELDS 2 b x', '*2\r\n$1\r\n2\r\n$-1\r\n'),
  row('HGETEX {n}h EX 100 FIELDS 1 c', '*1\r\n$1\r\n3\r\n'),
  row('HTTL {n}h FIELDS 1 c', /^\*1\r\n:(99|100)\r\n$/),
  row('HSETEX {n}h EX 100 FIELDS 1 d 4', ':1\r\n'),
  row('HSETEX {n}h FNX FIELDS 1 d 5', ':0\r\n'),
  row('HGET {n}h d', '$1\r\n4\r\n'),
];
