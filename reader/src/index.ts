export type { Picture } from './picture/picture.ts'
export * from './watermark/index.ts'
