/** Polygons as lists of corners. */

export type Point = readonly [number, number]

/** The area of a polygon; positive where its corners run from x to y. */
export function area(points: readonly Point[]): number {
  let sum = 0
  points.forEach(([x, y], n) => {
    const [u, v] = points[(n + 1) % points.length]!
    sum += x * v - u * y
  })
  return sum / 2
}

/** How far inside a side a point lies, in any unit; negative outside. */
type Side = (point: Point) => number

/** What of a polygon lies in the rectangle from (0, 0) to (width, height). */
export function clip(points: readonly Point[], width: number, height: number): Point[] {
  return within(points, [([x]) => x, ([x]) => width - x, ([, y]) => y, ([, y]) => height - y])
}

/** What two polygons share, of which the second is convex. */
export function overlap(points: readonly Point[], convex: readonly Point[]): Point[] {
  const sign = Math.sign(area(convex))
  const sides = convex.map(([x, y], n): Side => {
    const [u, v] = convex[(n + 1) % convex.length]!
    return ([p, q]) => sign * ((u - x) * (q - y) - (v - y) * (p - x))
  })
  return within(points, sides)
}

function within(points: readonly Point[], sides: readonly Side[]): Point[] {
  return sides.reduce<Point[]>((rest, inside) => {
    const kept: Point[] = []
    rest.forEach((point, n) => {
      const next = rest[(n + 1) % rest.length]!
      const [a, b] = [inside(point), inside(next)]
      if (a >= 0) kept.push(point)
      if (a >= 0 !== b >= 0) {
        const share = a / (a - b)
        kept.push([point[0] + share * (next[0] - point[0]), point[1] + share * (next[1] - point[1])])
      }
    })
    return kept
  }, [...points])
}
