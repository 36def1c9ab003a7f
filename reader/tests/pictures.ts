/** The pictures that vectors name: by formula. */

import { shake256 } from '@noble/hashes/sha3.js'
import type { Picture } from '../src/picture/picture.ts'

const [ROWS, COLUMNS] = [13, 11]

/** As `procedural` of vectors/generate/fingerprint.py says: blocks of SHAKE-256, and a ramp. */
export function procedural(height: number, width: number): Picture {
  const label = Uint8Array.from(`${height}x${width}`, (letter) => letter.charCodeAt(0))
  const noise = shake256(label, { dkLen: ROWS * COLUMNS * 3 })
  const data = new Uint8Array(height * width * 3)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const block = Math.floor((ROWS * y) / height) * COLUMNS + Math.floor((COLUMNS * x) / width)
      const ramp = Math.floor((255 * x) / width)
      for (let c = 0; c < 3; c++) data[3 * (y * width + x) + c] = Math.floor((3 * noise[3 * block + c]! + ramp) / 4)
    }
  }
  return { width, height, data }
}

/** As `textured` there says. */
export function textured(height: number, width: number): Picture {
  const data = new Uint8Array(height * width * 3)
  for (let n = 0; n < data.length; n++) {
    const [c, x, y] = [n % 3, Math.floor(n / 3) % width, Math.floor(n / 3 / width)]
    data[n] = Math.floor((((7919 * x + 104729 * y + (c + 1) * x * y) % 251) + Math.floor((255 * y) / height)) / 2)
  }
  return { width, height, data }
}

/** The picture of a name such as `procedural 64x128`: height, then width. */
export function byName(name: string): Picture {
  const [kind, size] = name.split(' ') as [string, string]
  const [height, width] = size.split('x').map(Number) as [number, number]
  return kind === 'textured' ? textured(height, width) : procedural(height, width)
}
