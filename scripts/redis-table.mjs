/** `npm run docs:redis`: renews the table of docs/redis.md from the rows of the Redis door. */
import { readFileSync, writeFileSync } from 'node:fs';
import { tsImport } from 'tsx/esm/api';
import { renew } from './redis/page.mjs';

const PAGE = new URL('../docs/redis.md', import.meta.url);
const { ROWS } = await tsImport('../src/api/resp/rows/table.ts', import.meta.url);
writeFileSync(PAGE, renew(readFileSync(PAGE, 'utf8'), ROWS));
