import { floats, layOut } from '../src/numeric/kernels.ts'

/** Leave what is no number in the kernels' memory, as whoever used it before may: nothing may come of that. */
export function poison(): void {
  const length = 1 << 19
  const [area] = layOut(length)
  floats(area, length).fill(NaN)
}
