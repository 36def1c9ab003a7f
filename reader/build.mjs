// Bundles the library and the command; `npm run build` also writes the types.
import { build } from 'esbuild'

const common = { bundle: true, format: 'esm', target: 'es2022', legalComments: 'linked', logLevel: 'warning' }

await build({ ...common, entryPoints: ['src/index.ts'], platform: 'neutral', mainFields: ['module', 'main'], outfile: 'dist/index.js' })
