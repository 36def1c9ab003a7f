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
      const last = x + radius < width ? x + radius : width - 1
      const first = x > radius ? x - radius : 0
      if (x + radius < width) sum += data[row + last]!
      if (x > radius) sum -= data[row + first - 1]!
      out[row + x] = sum / (last - first + 1)
    }
  }
  return out
}

function downMean(data: Float32Array, width: number, height: number, radius: number): Float32Array {
  const out = new Float32Array(data.length)
  const sum = new Float64Array(width)
  for (let n = 0; n < Math.min(radius, height) * width; n++) sum[n % width]! += data[n]!
  for (let y = 0; y < height; y++) {
    const first = Math.max(0, y - radius)
    const last = Math.min(height - 1, y + radius)
    const entering = y + radius < height ? last * width : -1
    const leaving = y > radius ? (first - 1) * width : -1
    if (entering >= 0) for (let x = 0; x < width; x++) sum[x]! += data[entering + x]!
    if (leaving >= 0) for (let x = 0; x < width; x++) sum[x]! -= data[leaving + x]!
    const share = 1 / (last - first + 1)
    const row = y * width
    for (let x = 0; x < width; x++) out[row + x] = share * sum[x]!
  }
  return out
}
