/** Where chance comes from: the door draws a number, and every replica draws the same with it. */
import { randomInt } from 'node:crypto';
import { formatInteger } from '../../../kv/catalog/integer.js';

const SEEDS = 2 ** 47;

/** As an argument of a command that chooses at random. */
export const drawSeed = (): Uint8Array => formatInteger(randomInt(SEEDS));
