/** Pictures that move: of them only the first frame is looked at here. */

/** Bytes in which a file has to say that it moves. */
const HEAD = 4096
/** How a GIF says before each frame how it is shown. */
const CONTROL = [0x21, 0xf9, 0x04]

/** Whether a file may be a moving picture, by its bytes: GIF, PNG, WebP or AVIF of several frames. */
export function mayMove(file: Uint8Array): boolean {
  const head = String.fromCharCode(...file.subarray(0, HEAD))
  if (head.startsWith('GIF8')) return countControls(file) > 1
  if (head.startsWith('\x89PNG')) return head.includes('acTL')
  if (head.startsWith('RIFF')) return head.includes('ANIM')
  return head.slice(4, 8) === 'ftyp' && head.slice(8, 64).includes('avis')
}

function countControls(file: Uint8Array): number {
  let count = 0
  for (let at = file.indexOf(CONTROL[0]!); at >= 0 && count < 2; at = file.indexOf(CONTROL[0]!, at + 1)) {
    if (CONTROL.every((byte, n) => file[at + n] === byte)) count++
  }
  return count
}
