/* what the bundler makes of a file of Python: its text */
declare module "*.py" {
  const source: string;
  export default source;
}
