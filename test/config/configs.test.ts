/** Every file of configs/ loads, and the generated one is current. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadOptions } from '../../src/config/load.js';
import { defaultOptions } from '../../src/config/options.js';
import { renderReference } from '../../src/config/reference.js';
import { loadClusterSpec } from '../../src/launcher/spec.js';

const CONFIGS = join(import.meta.dirname, '../../configs');
const files = readdirSync(CONFIGS).filter((name) => name.endsWith('.yaml'));
const SERVER_FILES = ['reference.yaml', 'server.yaml'];

describe('configs', () => {
  it('reference.yaml is what the rows say (scripts/gen-reference.mjs renews it)', async () => {
    expect(readFileSync(join(CONFIGS, 'reference.yaml'), 'utf8')).toBe(renderReference());
    const { options } = await loadOptions({ file: join(CONFIGS, 'reference.yaml') });
    expect(options).toEqual(defaultOptions());
  });

  it('server.yaml loads', async () => {
    const extraKeys = ['labels', 'bootstrap', 'join'];
    const loaded = await loadOptions({ file: join(CONFIGS, 'server.yaml'), extraKeys });
    expect(loaded.options.clusterName).toBe('example');
    expect([...loaded.extras.keys()]).toEqual(['labels']);
  });

  it.each(files.filter((name) => !SERVER_FILES.includes(name)))('%s loads', async (name) => {
    const spec = await loadClusterSpec({ file: join(CONFIGS, name), env: {} });
    expect(spec.nodes).toHaveLength(3);
    expect(spec.options.shards).toBe(4);
  });
});
