// Builds the page twice: one file that works from file:, and a folder to host. `node page/build.mjs [FOLDER]`
import { build } from 'esbuild'
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { forEsbuild } from '../kernels/compile.mjs'

const HERE = dirname(fileURLToPath(import.meta.url))
const LOOK = join(HERE, '../../src/provenance/service/pages/look.css')
const OUT = resolve(process.argv[2] ?? join(HERE, 'dist'))

const read = (path) => readFile(path, 'utf8')
const digest = (data, kind) => createHash(kind).update(data).digest()
const integrity = (data) => `sha384-${digest(data, 'sha384').toString('base64')}`
const hashSource = (text) => `'sha256-${digest(text, 'sha256').toString('base64')}'`
const version = (await read(join(HERE, '../../src/provenance/__init__.py'))).match(/__version__ = "(.*?)"/)[1]

/** One bundled script, as text; the same bytes wherever it is built. */
async function bundle(entry, define = {}, notice = '') {
  const { outputFiles } = await build({
    absWorkingDir: HERE,
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    banner: { js: notice },
    logLevel: 'warning',
    mainFields: ['module', 'main'],
    plugins: [forEsbuild],
    define: Object.fromEntries(Object.entries(define).map(([name, value]) => [name, JSON.stringify(value)])),
  })
  return outputFiles[0].text
}

async function style() {
  const { code } = await (await import('esbuild')).transform((await read(LOOK)) + (await read(join(HERE, 'page.css'))), { loader: 'css', minify: true })
  return code
}

const fill = (template, parts) => Object.entries(parts).reduce((text, [name, part]) => text.replace(`{{${name}}}`, () => part), template)
/** A script inside a page ends at the first such tag, also in a string. */
const inline = (script) => script.replaceAll('</script', '<\\/script')

const policy = (script, styles, more) =>
  [`default-src 'none'`, `script-src ${script}`, `style-src ${styles}`, 'media-src blob:', `base-uri 'none'`, `form-action 'none'`, ...more].join('; ')

const template = await read(join(HERE, 'index.html'))
const icon = await read(join(HERE, 'icon.svg'))
const worker = await bundle('src/worker.ts')
const { version: mediabunny, license } = JSON.parse(await read(join(HERE, '../node_modules/mediabunny/package.json')))
/** What its licence asks of whoever hands it on as a program. */
const NOTICE = `/*! Holds mediabunny ${mediabunny}, unchanged but bundled, (c) Vanilagy and contributors, under the Mozilla Public License 2.0 (${license}, https://mozilla.org/MPL/2.0/). Its source: https://github.com/Vanilagy/mediabunny, and the npm package of this version. */`
const films = await bundle('src/film/packets.ts', {}, NOTICE)
const css = await style()
const credentials = await readFile(join(HERE, '../node_modules/@contentauth/c2pa-wasm/pkg/c2pa_bg.wasm'))
/** Whom to believe: `provenance page` writes it here. */
const TRUST = '{}'

async function single() {
  const code = inline(await bundle('src/main.ts', { PROVENANCE_BUILD: { version, worker: { code: worker }, films: null, serviceWorker: null, trust: null, credentials: null } }))
  const page = fill(template, {
    policy: policy(`${hashSource(code)} 'wasm-unsafe-eval'`, hashSource(css), ['worker-src blob:', 'img-src data:', `connect-src 'none'`]),
    head: `<link rel="icon" href="data:image/svg+xml;base64,${Buffer.from(icon).toString('base64')}">\n<style>${css}</style>`,
    foot: `<script type="application/json" id="trust">${TRUST}</script>\n<script>${code}</script>\n<script type="text/plain" id="films">${inline(films)}</script>\n<script type="text/plain" id="credentials">${credentials.toString('base64')}</script>`,
  })
  return { 'provenance.html': page }
}

async function hosted() {
  const files = {}
  const add = (stem, suffix, data) => {
    const name = `${stem}-${digest(data, 'sha256').toString('hex').slice(0, 12)}.${suffix}`
    files[name] = data
    return { url: name, integrity: integrity(data) }
  }
  const work = add('worker', 'js', worker)
  const listing = add('films', 'js', films)
  const look = add('look', 'css', css)
  const reader = add('credentials', 'wasm', credentials)
  const app = add('page', 'js', await bundle('src/main.ts', { PROVENANCE_BUILD: { version, worker: work, films: listing, serviceWorker: 'service-worker.js', trust: 'trust.json', credentials: reader } }))
  files['icon.svg'] = icon
  files['manifest.webmanifest'] = JSON.stringify(manifest(), null, 1) + '\n'
  files['index.html'] = fill(template, {
    policy: policy(`'self' 'wasm-unsafe-eval'`, `'self'`, [`worker-src 'self' blob:`, `img-src 'self'`, `connect-src 'self'`, `manifest-src 'self'`]),
    head: `<link rel="icon" href="icon.svg">\n<link rel="manifest" href="manifest.webmanifest">\n<link rel="stylesheet" href="${look.url}" integrity="${look.integrity}">`,
    foot: `<script src="${app.url}" integrity="${app.integrity}"></script>`,
  })
  files['trust.json'] = `${TRUST}\n`
  const later = [reader.url]
  const kept = [{ url: './', integrity: integrity(files['index.html']) }, ...Object.entries(files).filter(([url]) => !later.includes(url)).map(([url, data]) => ({ url, integrity: url === 'trust.json' ? null : integrity(data) }))]
  const cache = `provenance-page-${digest(JSON.stringify(kept), 'sha256').toString('hex').slice(0, 16)}`
  files['service-worker.js'] = await bundle('src/service-worker.ts', { PROVENANCE_FILES: kept, PROVENANCE_LATER: later, PROVENANCE_CACHE: cache })
  return Object.fromEntries(Object.entries(files).map(([name, data]) => [`hosted/${name}`, data]))
}

function manifest() {
  return {
    name: 'provenance: where does this picture come from?',
    short_name: 'provenance',
    start_url: './',
    scope: './',
    display: 'standalone',
    background_color: '#ffffff',
    theme_color: '#0b4fa8',
    icons: [{ src: 'icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any maskable' }],
  }
}

const files = { ...(await single()), ...(await hosted()) }
const sums = Object.keys(files).sort().map((name) => `${digest(files[name], 'sha256').toString('hex')}  ${name}\n`)
await rm(OUT, { recursive: true, force: true })
await mkdir(join(OUT, 'hosted'), { recursive: true })
for (const [name, data] of Object.entries(files)) await writeFile(join(OUT, name), data)
await writeFile(join(OUT, 'SHA256SUMS'), sums.join(''))
