#!/usr/bin/env node
// Reads the invisible mark of pictures; `npm run build` makes what it runs.
import { existsSync } from 'node:fs'

const built = new URL('dist/cli.js', import.meta.url)
if (existsSync(built)) {
  const { main } = await import(built.href)
  process.exitCode = await main(process.argv.slice(2))
} else {
  console.error('The reader is not built yet. Run: npm install && npm run build')
  process.exitCode = 2
}
