"""The memory of Python that a browser keeps: see web/live/memory.js."""

from waiting import until

FILE = """(async () => {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle("mfdl-python");
  const { value } = await folder.values().next();
  return value;
})()"""
IS_KEPT = (
    FILE + ".then(file => file.getFile())"
    ".then(file => file.slice(0, 16).arrayBuffer())"
    ".then(head => new Uint8Array(head).some(Boolean)).catch(() => false)"
)
REPLACE = """async ({ file, change }) => {
  const kept = new Uint8Array(await (await file.getFile()).arrayBuffer());
  const writer = await file.createWritable();
  await writer.write(change(kept));
  await writer.close();
}"""


def wait_until_kept(page):
    until(page, IS_KEPT)


def replace(page, change):
    """Put in the place of the memory what a function makes of its bytes."""
    page.evaluate(
        f"async () => ({REPLACE})({{file: await {FILE}, change: {change}}})"
    )
