/** Student's law, by the incomplete beta function (continued fraction, Lentz's method). */

const COEFFICIENTS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012,
  9.9843695780195716e-6, 1.5056327351493116e-7,
]
const SHIFT = 7.5
const TINY = 1e-300
const PRECISION = 1e-15
const MOST_STEPS = 10_000

/** The logarithm of the gamma function of a positive number (Lanczos's approximation). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const z = x - 1
  const sum = COEFFICIENTS.reduce((total, each, n) => total + (n ? each / (z + n) : each), 0)
  const t = z + SHIFT
  return Math.log(2 * Math.PI) / 2 + (z + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** The regularised incomplete beta function; `rest` is 1 - x, given apart as it may be tiny. */
function incompleteBeta(a: number, b: number, x: number, rest: number): number {
  if (x <= 0 || rest <= 0) return x <= 0 ? 0 : 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, rest, x)
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(rest)) / a
  const bounded = (value: number) => (Math.abs(value) < TINY ? TINY : value)
  let d = 1 / bounded(1 - ((a + b) * x) / (a + 1))
  let [c, fraction] = [1, d]
  for (let m = 1; m < MOST_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / bounded(1 + even * d)
    c = bounded(1 + even / c)
    fraction *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / bounded(1 + odd * d)
    c = bounded(1 + odd / c)
    fraction *= d * c
    if (Math.abs(d * c - 1) < PRECISION) break
  }
  return front * fraction
}

/** The probability that Student's t exceeds what this correlation gives. */
export function chanceOf(correlation: number, freedom: number): number {
  const square = correlation * correlation
  const tail = incompleteBeta(freedom / 2, 0.5, 1 - square, square) / 2
  return correlation > 0 ? tail : 1 - tail
}
