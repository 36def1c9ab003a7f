/** The ways to give the page a file besides its form: drop it anywhere, or paste it. */

export function watchGiving(take: (files: readonly File[]) => void): void {
  const mark = (over: boolean) => document.querySelector('.drop')?.classList.toggle('over', over)
  addEventListener('dragover', (event) => {
    event.preventDefault()
    mark(true)
  })
  addEventListener('dragleave', () => mark(false))
  addEventListener('drop', (event) => {
    event.preventDefault()
    mark(false)
    take([...(event.dataTransfer?.files ?? [])])
  })
  addEventListener('paste', (event) => take([...(event.clipboardData?.files ?? [])]))
}
