import { defineConfig } from 'vitest/config'
import { forVite } from './kernels/compile.mjs'

// No test is judged by the clock: a busy machine is not a fault.
export default defineConfig({ plugins: [forVite], test: { testTimeout: 600_000 } })
