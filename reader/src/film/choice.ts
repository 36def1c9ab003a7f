/** Which frames of a film are looked at: those that its file spends most bytes on, from all parts of it. */

const A_MINUTE = 32
const [LEAST, MOST] = [32, 96]
/** Pixels of all of them together, at most. */
const MOST_PIXELS = 2 ** 27

/** How many frames of a film are looked at, at most. */
export function countFrames(seconds: number, width: number, height: number): number {
  const wanted = Math.min(MOST, Math.max(LEAST, Math.round((A_MINUTE * seconds) / 60)))
  return Math.max(1, Math.min(wanted, Math.floor(MOST_PIXELS / (width * height))))
}

/** The places, in their order, of the frames that are looked at; `bytes` of all frames in the order in which they are shown. */
export function chooseFrames(bytes: ArrayLike<number>, count: number): number[] {
  const all = Array.from({ length: bytes.length }, (_, n) => n)
  if (all.length <= count) return all
  const largest = (one: number, other: number) => bytes[other]! - bytes[one]! || one - other
  const chosen = new Set(parts(all.length, count >> 1).map(([from, to]) => all.slice(from, to).reduce((best, n) => (bytes[n]! > bytes[best]! ? n : best))))
  const rest = all.filter((n) => !chosen.has(n)).sort(largest)
  for (const n of rest.slice(0, count - chosen.size)) chosen.add(n)
  return all.filter((n) => chosen.has(n))
}

/** Where `length` things in their order begin and end when they are cut into so many parts; parts that are empty are left out. */
export function parts(length: number, count: number): [from: number, to: number][] {
  const end = (n: number) => Math.floor((n * length) / count)
  return Array.from({ length: count }, (_, n): [number, number] => [end(n), end(n + 1)]).filter(([from, to]) => to > from)
}
