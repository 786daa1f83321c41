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
  createSyncAccessHandle(how?: { mode: "read-only" }): Promise<{
    read(into: Uint8Array, place: { at: number }): number;
    write(from: Uint8Array, place: { at: number }): number;
    // older browsers answer these later
    getSize(): number | Promise<number>;
    truncate(size: number): void | Promise<void>;
    flush(): void | Promise<void>;
    close(): void | Promise<void>;
  }>;
}
