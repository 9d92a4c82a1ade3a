/** XXH3 against values of the reference library (libxxhash 0.8.1), one for each way it branches. */
import { expect, it } from 'vitest';
import { xxh3 } from '../../src/base/xxh3.js';

const VALUES: readonly (readonly [length: number, digest: string])[] = [
  [0, '2d06800538d394c2'],
  [1, '929e358d27ae3ee2'],
  [2, '9b6c60ecb951e839'],
  [3, '30069c90b99182f2'],
  [4, 'd829f6f5a95030dd'],
  [7, 'ff4ae85fe831d843'],
  [8, '69a0b1f9db1af9ca'],
  [9, 'a15196770bf453d4'],
  [15, 'f04bf8072109399b'],
  [16, '98ea59f608d94941'],
  [17, 'a08e9bdf66b32953'],
  [31, 'fd0fcd048a0cbd90'],
  [32, 'ec516da5decbd7b8'],
  [33, 'd4eaf1c2bd9fb64b'],
  [63, 'd95b82ed888dcea2'],
  [64, 'c54ff9dff4f295f0'],
  [65, 'e6e445df4b0e396e'],
  [96, '021fb0400f0ace3d'],
  [97, 'a59f5ad60eff326e'],
  [127, '4040b439eb0900f4'],
  [128, '99c2e662da058357'],
  [129, '77e63534a29d0607'],
  [143, '892af5902d961ff3'],
  [144, '4f8f0774bb0e4b82'],
  [239, '6cf6d1f48738fa34'],
  [240, 'b4d1329d95cf1b74'],
  [241, '8bd3aa0d9f127af5'],
  [255, '9ae39c7a4685263b'],
  [256, '59b1a9b44acd9f1a'],
  [257, '4a3b62bd5a24685c'],
  [512, '8668bdb4bed06bce'],
  [1023, '45a5488a20b93e02'],
  [1024, '3fa1d4d42c21189e'],
  [1025, 'c3b964f69630a13c'],
  [1088, '5ef2e042f5c85683'],
  [1089, 'b2b5a803cbfacd43'],
  [2048, '19b844e147994482'],
  [2049, 'a3d816eca7b50c03'],
  [4096, '1a8c1128cea46e29'],
  [5000, '5e6781a934ef554f'],
  [65536, '870a6189669ea83e'],
  [1000003, 'c8d98d264690dc55'],
];

const hex = (bytes: Uint8Array): string => xxh3(bytes).toString(16).padStart(16, '0');
const pattern = (length: number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, (_, i) => i * 131 + (i >> 8) * 7 + 5));

it.each(VALUES)('%i bytes', (length, digest) => {
  expect(hex(pattern(length))).toBe(digest);
  // wherever they lie
  expect(hex(Buffer.concat([Buffer.of(1, 2, 3), pattern(length)]).subarray(3))).toBe(digest);
});

it('is what Redis documents', () => {
  expect(hex(Buffer.from('Hello world'))).toBe('b6acb9d84a38ff74');
});
