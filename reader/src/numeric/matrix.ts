/** Maps of the plane as 3 x 3 matrices in homogeneous coordinates, row by row. */

export type Matrix = readonly number[]

export const IDENTITY: Matrix = [1, 0, 0, 0, 1, 0, 0, 0, 1]

export function multiply(a: Matrix, b: Matrix): Matrix {
  const out: number[] = []
  for (let r = 0; r < 9; r += 3) {
    for (let c = 0; c < 3; c++) out.push(a[r]! * b[c]! + a[r + 1]! * b[c + 3]! + a[r + 2]! * b[c + 6]!)
  }
  return out
}

/** The inverse map; its last entry is 1. */
export function invert(m: Matrix): Matrix {
  const [a, b, c, d, e, f, g, h, i] = m as [number, number, number, number, number, number, number, number, number]
  const adjoint = [e * i - f * h, c * h - b * i, b * f - c * e, f * g - d * i, a * i - c * g, c * d - a * f, d * h - e * g, b * g - a * h, a * e - b * d]
  return normalise(adjoint)
}

export function normalise(m: Matrix): Matrix {
  return m.map((value) => value / m[8]!)
}

export function apply(m: Matrix, x: number, y: number): [number, number] {
  const w = m[6]! * x + m[7]! * y + m[8]!
  return [(m[0]! * x + m[1]! * y + m[2]!) / w, (m[3]! * x + m[4]! * y + m[5]!) / w]
}

export function translation(x: number, y: number): Matrix {
  return [1, 0, x, 0, 1, y, 0, 0, 1]
}

export function linear([a, b, c, d]: readonly [number, number, number, number]): Matrix {
  return [a, b, 0, c, d, 0, 0, 0, 1]
}

/** Solve a small symmetric positive system in place (Cholesky's method without pivots). */
export function solve(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length
  for (let j = 0; j < size; j++) {
    for (let i = j; i < size; i++) {
      let sum = matrix[i * size + j]!
      for (let k = 0; k < j; k++) sum -= matrix[i * size + k]! * matrix[j * size + k]!
      matrix[i * size + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / matrix[j * size + j]!
    }
  }
  const out = Float64Array.from(right)
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) out[i]! -= matrix[i * size + k]! * out[k]!
    out[i]! /= matrix[i * size + i]!
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) out[i]! -= matrix[k * size + i]! * out[k]!
    out[i]! /= matrix[i * size + i]!
  }
  return out
}
