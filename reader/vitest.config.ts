import { defineConfig } from 'vitest/config'

// No test is judged by the clock: a busy machine is not a fault.
export default defineConfig({ test: { testTimeout: 600_000 } })
