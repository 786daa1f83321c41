/* what the bundler makes of a file of Python: its text */
declare module "*.py" {
  const source: string;
  export default source;
}
/* … and of a program in WebAssembly: its bytes */
declare module "*.wasm" {
  const program: Uint8Array<ArrayBuffer>;
  export default program;
}
