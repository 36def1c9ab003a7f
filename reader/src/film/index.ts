/** Films: which frames are looked at, and one word from many of them. */

export { chooseFrames, countFrames } from './choice.ts'
export { detectFrames, detectFramesWatched, type FilmDetection, type Run } from './detect.ts'
export { sumFrames } from './stack.ts'
export { MOST_VIEWS, viewsOf, type FilmView, type ViewKind } from './views.ts'
export { moment, type Film, type Shot } from './film.ts'
