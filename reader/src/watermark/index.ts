/** The watermark: its format and its detector. */

export { bands, type Band } from './format/carrier.ts'
export { PUBLIC_KEY } from './format/constants.ts'
export { pixelsPerUnit } from './format/layout.ts'
export { deriveLock } from './format/lock.ts'
export { createdAt, fromHex, packPayload, toHex, unpackPayload, type Payload } from './format/payload.ts'
export { pilot, type Pilot } from './format/pilot.ts'
export { carrierTile, pilotTile } from './format/tile.ts'
export { checkedWord, encode } from './polar/code.ts'
export { detect, detectAll, detectWatched, type Detection, type Geometry, type Watch } from './detection/detect.ts'
export type { Region } from './detection/region.ts'
