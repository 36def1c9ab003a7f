/** Means over boxes around every place of a grid, by running sums. */

/** Mean over boxes of `2 * radius + 1` on a side; parts outside are left out. */
export function boxMean(data: Float32Array, width: number, height: number, radius: number): Float32Array {
  return downMean(acrossMean(data, width, height, radius), width, height, radius)
}

function acrossMean(data: Float32Array, width: number, height: number, radius: number): Float32Array {
  const out = new Float32Array(data.length)
  for (let y = 0; y < height; y++) {
    const row = y * width
    let sum = 0
    for (let x = 0; x < Math.min(radius, width); x++) sum += data[row + x]!
    for (let x = 0; x < width; x++) {
      if (x + radius < width) sum += data[row + x + radius]!
      if (x > radius) sum -= data[row + x - radius - 1]!
      out[row + x] = sum / (Math.min(width - 1, x + radius) - Math.max(0, x - radius) + 1)
    }
  }
  return out
}

function downMean(data: Float32Array, width: number, height: number, radius: number): Float32Array {
  const out = new Float32Array(data.length)
  const sum = new Float64Array(width)
  const add = (y: number, sign: number) => {
    const row = y * width
    for (let x = 0; x < width; x++) sum[x]! += sign * data[row + x]!
  }
  for (let y = 0; y < Math.min(radius, height); y++) add(y, 1)
  for (let y = 0; y < height; y++) {
    if (y + radius < height) add(y + radius, 1)
    if (y > radius) add(y - radius - 1, -1)
    const count = Math.min(height - 1, y + radius) - Math.max(0, y - radius) + 1
    for (let x = 0; x < width; x++) out[y * width + x] = sum[x]! / count
  }
  return out
}
