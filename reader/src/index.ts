export * from './fingerprint/index.ts'
export type { Picture } from './picture/picture.ts'
export * from './watermark/index.ts'
