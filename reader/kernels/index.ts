export { transformRows, transformColumns } from './fft'
export { positions } from './positions'
export { powers } from './power'
export { luma, resample } from './resample'
export { flatten } from './spectrum'

/** Where memory is free from. */
export const base: usize = __heap_base
