// Compiles the kernels to WebAssembly, and hands the program to whoever bundles: esbuild and vite alike.
import asc from 'assemblyscript/asc'
import { Buffer } from 'node:buffer'
import { fileURLToPath } from 'node:url'

const HERE = fileURLToPath(new URL('.', import.meta.url))
/** What the library imports. */
const NAME = /\/kernels\/kernels\.wasm$/
const OPTIONS = ['--optimizeLevel', '3', '--runtime', 'stub', '--noAssert', '--enable', 'simd', '--baseDir', HERE]

let compiled

/** The program, the same bytes wherever it is compiled. */
export function kernels() {
  return (compiled ??= compile())
}

async function compile() {
  let program
  const { error, stderr } = await asc.main(['index.ts', ...OPTIONS, '--outFile', 'kernels.wasm'], { writeFile: (_, data) => (program = data) })
  if (error) throw new Error(`The kernels do not compile.\n${stderr.toString()}`)
  return program
}

export const forEsbuild = {
  name: 'kernels',
  setup(build) {
    build.onResolve({ filter: NAME }, () => ({ path: 'kernels.wasm', namespace: 'kernels' }))
    build.onLoad({ filter: /.*/, namespace: 'kernels' }, async () => ({ contents: await kernels(), loader: 'binary' }))
  },
}

export const forVite = {
  name: 'kernels',
  enforce: 'pre',
  resolveId: (name) => (NAME.test(name) ? '\0kernels' : null),
  async load(id) {
    if (id !== '\0kernels') return null
    return `export default Uint8Array.from(atob('${Buffer.from(await kernels()).toString('base64')}'), (letter) => letter.charCodeAt(0))`
  },
}
