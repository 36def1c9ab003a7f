export * from './watermark/index.ts'
