import { expect, it, vi } from 'vitest';
import { RkvError, toRkvError } from '../../src/kv/errors.js';

it('an error of another copy of the module keeps its code, and nothing else passes for one', async () => {
  vi.resetModules();
  const other = await import('../../src/kv/errors.js');
  const foreign = new other.RkvError('PORT_TAKEN', 'port 7410 is taken');
  expect(other.RkvError).not.toBe(RkvError);
  expect(foreign instanceof RkvError).toBe(true);
  expect(toRkvError(foreign).exitCode).toBe(7);
  for (const value of [new Error('RkvError'), { name: 'RkvError', code: 'FULL' }, null, 'x']) {
    expect(value instanceof RkvError).toBe(false);
  }
  expect(toRkvError(new Error('x')).code).toBe('INTERNAL');
});
