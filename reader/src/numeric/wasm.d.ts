/** Programs that the bundler puts into the bundle as their bytes. */
declare module '*.wasm' {
  const program: Uint8Array<ArrayBuffer>
  export default program
}
