/** Means over boxes around every place of a grid, by running sums. */

/** Gives row `y` of a grid; it holds until the next one is asked for. */
export type RowAt = (y: number) => Float32Array

/** Mean over boxes of `2 * radius + 1` on a side; parts outside are left out. */
export function boxMean(data: Float32Array, width: number, height: number, radius: number): Float32Array {
  return boxMeanOf((y) => data.subarray(y * width, (y + 1) * width), width, height, radius)
}

/** The same of rows that are asked for from the top, once each: a box's rows are held, and no second grid. */
export function boxMeanOf(rowAt: RowAt, width: number, height: number, radius: number): Float32Array {
  const out = new Float32Array(width * height)
  const held = Array.from({ length: Math.min(height, 2 * radius + 2) }, () => new Float32Array(width))
  const sum = new Float64Array(width)
  let entered = 0
  const enter = () => {
    const row = held[entered % held.length]!
    acrossMean(rowAt(entered++), row, radius)
    for (let x = 0; x < width; x++) sum[x]! += row[x]!
  }
  while (entered < Math.min(radius, height)) enter()
  for (let y = 0; y < height; y++) {
    if (entered < height) enter()
    if (y > radius) leave(sum, held[(y - radius - 1) % held.length]!)
    const share = 1 / (entered - Math.max(0, y - radius))
    const to = y * width
    for (let x = 0; x < width; x++) out[to + x] = share * sum[x]!
  }
  return out
}

function leave(sum: Float64Array, row: Float32Array): void {
  for (let x = 0; x < sum.length; x++) sum[x]! -= row[x]!
}

function acrossMean(row: Float32Array, out: Float32Array, radius: number): void {
  const width = row.length
  let sum = 0
  for (let x = 0; x < Math.min(radius, width); x++) sum += row[x]!
  for (let x = 0; x < width; x++) {
    const last = x + radius < width ? x + radius : width - 1
    const first = x > radius ? x - radius : 0
    if (x + radius < width) sum += row[last]!
    if (x > radius) sum -= row[first - 1]!
    out[x] = sum / (last - first + 1)
  }
}
