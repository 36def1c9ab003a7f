export { blockLines, flattenLines } from './blocks'
export { boxMean, whiten } from './boxes'
export { transformRows, transformColumns } from './fft'
export { agree, group } from './fit'
export { beginBlur, blurRows, endBlur, product } from './pdq'
export { decodeList, transformBits } from './polar'
export { positions } from './positions'
export { powers } from './power'
export { luma, resample } from './resample'
export { sample } from './sampling'
export { flatten } from './spectrum'
export { addBackwards, placesOver, standardise } from './tables'
export { analyse, foldTiles, meanSquares } from './wavelet'

/** Where memory is free from. */
export const base: usize = __heap_base
