/** Fingerprints: what the content of a picture is. */

export { compareLattice, type Comparison, type Nearness } from './compare.ts'
export { compareMarked, compareShown, type MarkedComparison } from './marked.ts'
export { lattice, latticeAt, packLattice, unpackLattice, type Lattice } from './lattice.ts'
export { pdq, pdqDistance, pdqOrientations, type Pdq } from './pdq.ts'
export { deriveSeal, seal, unseal } from './seal.ts'
