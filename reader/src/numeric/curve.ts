/** A curve that is straight between knots and falls nowhere, fitted by weighted least squares. */

import { solve } from './matrix.ts'

/** A direction is one of its own if this share of it is left when the others are taken out. */
const INDEPENDENT = 1e-10
/** A slope over minus this, in units a unit, is no fall. */
const ROUNDING = 1e-9

/**
 * The fitted value at each place. There are four stretches at most, each rising or flat, so every choice of which
 * rise is fitted, and the best one counts in which none falls.
 */
export function risingCurve(places: readonly number[], values: readonly number[], trust: readonly number[], knots: readonly number[]): number[] {
  const total = trust.reduce((sum, each) => sum + each, 0)
  const centred = (column: readonly number[]) => {
    const mean = column.reduce((sum, value, n) => sum + trust[n]! * value, 0) / total
    return { mean, rest: column.map((value) => value - mean) }
  }
  const ramps = knots.slice(1).map((knot, n) => centred(places.map((place) => Math.min(Math.max(place - knots[n]!, 0), knot - knots[n]!))))
  const goal = centred(values)
  const product = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, n) => sum + trust[n]! * value * b[n]!, 0)
  const gram = ramps.map((one) => ramps.map((other) => product(one.rest, other.rest)))
  const right = ramps.map((ramp) => product(ramp.rest, goal.rest))
  let best = { gain: 0, slopes: ramps.map(() => 0) }
  for (let choice = 1; choice < 1 << ramps.length; choice++) {
    const chosen = ramps.map((_, n) => n).filter((n) => choice & (1 << n))
    if (!independent(gram, chosen)) continue
    const slopes = solve(Float64Array.from(chosen.flatMap((i) => chosen.map((j) => gram[i]![j]!))), Float64Array.from(chosen, (i) => right[i]!))
    if (slopes.some((slope) => slope < -ROUNDING)) continue
    const gain = chosen.reduce((sum, i, n) => sum + slopes[n]! * right[i]!, 0)
    if (gain > best.gain) best = { gain, slopes: ramps.map((_, i) => Math.max(0, slopes[chosen.indexOf(i)] ?? 0)) }
  }
  return places.map((_, n) => goal.mean + best.slopes.reduce((sum, slope, i) => sum + slope * ramps[i]!.rest[n]!, 0))
}

/** Whether no chosen column is made of the others, by Cholesky's pivots. */
function independent(gram: readonly (readonly number[])[], chosen: readonly number[]): boolean {
  const rows: number[][] = []
  for (const i of chosen) {
    const row: number[] = []
    rows.forEach((other, n) => row.push((gram[i]![chosen[n]!]! - other.slice(0, n).reduce((sum, value, k) => sum + value * row[k]!, 0)) / other[n]!))
    const left = gram[i]![i]! - row.reduce((sum, value) => sum + value * value, 0)
    if (!(left > INDEPENDENT * gram[i]![i]!)) return false
    rows.push([...row, Math.sqrt(left)])
  }
  return true
}
