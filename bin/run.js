#!/usr/bin/env -S node --
// The launcher of the built package. `serve` starts itself once more when UV_THREADPOOL_SIZE is not
// in its environment: libuv reads it before the first module has run.
if (process.argv[2] === 'serve' && !process.env.UV_THREADPOOL_SIZE) {
  const { respawn } = await import('./respawn.js');
  respawn({ UV_THREADPOOL_SIZE: '8' });
} else {
  const { main } = await import('../dist/src/cli/main.js');
  await main(import.meta.url, { development: false });
}
