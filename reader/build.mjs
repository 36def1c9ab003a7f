// Bundles library and command into dist, or the folder that is named; `npm run build` also writes the types.
import { build } from 'esbuild'
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { forEsbuild } from './kernels/compile.mjs'

const DECODERS = ['jpeg/codec/dec/mozjpeg_dec.wasm', 'png/codec/pkg/squoosh_png_bg.wasm', 'webp/codec/dec/webp_dec.wasm', 'avif/codec/dec/avif_dec.wasm']
const common = {
  bundle: true,
  format: 'esm',
  target: 'es2022',
  legalComments: 'linked',
  logLevel: 'warning',
  mainFields: ['module', 'main'],
  plugins: [forEsbuild],
}

const DIST = process.argv[2] ?? 'dist'
await rm(DIST, { recursive: true, force: true })
await mkdir(DIST, { recursive: true })
// One build, so that what the parts share is there once: an error of one is an error of all.
await build({
  ...common,
  entryPoints: { index: 'src/index.ts', node: 'src/node/index.ts', credentials: 'src/credentials/index.ts', cli: 'src/node/cli.ts' },
  platform: 'node',
  splitting: true,
  outdir: DIST,
})
for (const file of DECODERS) await copyFile(`node_modules/@jsquash/${file}`, `${DIST}/${file.split('/').at(-1)}`)
await copyFile('node_modules/@contentauth/c2pa-wasm/pkg/c2pa_bg.wasm', `${DIST}/c2pa_bg.wasm`)
