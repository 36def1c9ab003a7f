/** How large an AVIF file says that its picture is: the property `ispe` of its primary item (ISO/IEC 23008-12). */

interface Box {
  readonly type: string
  readonly start: number
  readonly end: number
}

/** Bytes of a version and flags, with which full boxes begin. */
const FULL = 4

/** Whether a file's brands say that it is AVIF. */
export function isAvif(view: DataView): boolean {
  return brandsOf(view).some((brand) => brand === 'avif' || brand === 'avis')
}

/** The brands of an ISO base media file; none of any other file. */
export function brandsOf(view: DataView): string[] {
  const [first] = boxes(view, 0, view.byteLength)
  if (first?.type !== 'ftyp') return []
  const brands: string[] = []
  for (let at = first.start; at + 4 <= first.end; at += 4) if (at !== first.start + 4) brands.push(text(view, at)) // between them stands a version
  return brands
}

export function avifSize(view: DataView): { width: number; height: number } | undefined {
  try {
    const meta = find(view, 0, view.byteLength, 'meta')
    const id = meta && primaryOf(view, meta)
    const iprp = meta && find(view, meta.start + FULL, meta.end, 'iprp')
    if (id === undefined || !iprp) return undefined
    const ipco = find(view, iprp.start, iprp.end, 'ipco')
    const properties = ipco ? [...boxes(view, ipco.start, ipco.end)] : []
    const size = [...associated(view, iprp, id)].map((number) => properties[number - 1]).find((box) => box?.type === 'ispe')
    return size && { width: view.getUint32(size.start + FULL), height: view.getUint32(size.start + FULL + 4) }
  } catch (error) {
    if (error instanceof RangeError) return undefined // cut off
    throw error
  }
}

function* boxes(view: DataView, from: number, to: number): Generator<Box> {
  for (let at = from; at + 8 <= to; ) {
    const [short, type] = [view.getUint32(at), text(view, at + 4)]
    const head = short === 1 ? 16 : 8
    const size = short === 1 ? Number(view.getBigUint64(at + 8)) : short || to - at
    if (size < head || at + size > to) return
    yield { type, start: at + head, end: at + size }
    at += size
  }
}

function find(view: DataView, from: number, to: number, type: string): Box | undefined {
  for (const box of boxes(view, from, to)) if (box.type === type) return box
  return undefined
}

function primaryOf(view: DataView, meta: Box): number | undefined {
  const pitm = find(view, meta.start + FULL, meta.end, 'pitm')
  if (!pitm) return undefined
  return view.getUint8(pitm.start) ? view.getUint32(pitm.start + FULL) : view.getUint16(pitm.start + FULL)
}

/** The numbers, from 1, of the properties that belong to an item. */
function* associated(view: DataView, iprp: Box, item: number): Generator<number> {
  for (const { type, start } of boxes(view, iprp.start, iprp.end)) {
    if (type !== 'ipma') continue
    const [long, wide] = [view.getUint8(start) > 0, (view.getUint8(start + 3) & 1) === 1]
    let at = start + FULL + 4
    for (let left = view.getUint32(start + FULL); left; left--) {
      const id = long ? view.getUint32(at) : view.getUint16(at)
      const count = view.getUint8(at + (long ? 4 : 2))
      at += long ? 5 : 3
      for (let n = 0; n < count; n++, at += wide ? 2 : 1) if (id === item) yield wide ? view.getUint16(at) & 0x7fff : view.getUint8(at) & 0x7f
    }
  }
}

function text(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3))
}
