// Writes configs/reference.yaml from the option rows.
import { writeFileSync } from 'node:fs';
import { tsImport } from 'tsx/esm/api';

const { renderReference } = await tsImport('../src/config/reference.ts', import.meta.url);
writeFileSync(new URL('../configs/reference.yaml', import.meta.url), renderReference());
