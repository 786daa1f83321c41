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
/* what a thread does with a file of the browser's own; TypeScript has it for threads only */
interface FileSystemFileHandle {
  createSyncAccessHandle(): Promise<{
    getSize(): number;
    read(into: Uint8Array, place: { at: number }): number;
    write(from: Uint8Array, place: { at: number }): number;
    flush(): void;
    close(): void;
  }>;
}
