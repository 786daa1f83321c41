"""Python in a page, as nbval knows kernels.

The page's half is web/live/kernel.js and the thread's half is the built
site's worker.js: the very programs of the live pages.
"""

from pathlib import Path
from queue import Empty

from kept_memory import wait_until_kept
from site_pages import ROOT, SITE

SOURCES = ROOT / "web" / "live"
FRESH = Path(__file__).with_name("fresh_chapter.py")
PAGE = "book/appendix/plotting.html"  # any live one
START = """
async (notebook) => {
  const up = document.documentElement.dataset.content_root;
  const root = new URL(up, location);
  const { Kernel } = await import(`${root}_static/live/kernel.js`);
  const { version, bytes } = document.querySelector(
    "meta[name=live-notebook]",
  ).dataset;
  const messages = [];
  const onMessage = ({ type, content, parent }) => {
    messages.push({ type, content, parent });
  };
  const options = { version, bytes: Number(bytes) };
  const kernel = new Kernel(options);
  kernel.onMessage = onMessage;
  const said = [];
  kernel.onProgress = (done, what) => said.push(what);
  window.book = { kernel, messages };
  await kernel.start(notebook);
  return said;
}
"""
RUN = """
async ({ code, seconds }) => {
  const { kernel, messages } = window.book;
  const parent = kernel.nextId();
  const begun = performance.now();
  const late = new Promise((done) => setTimeout(done, 1000 * seconds, null));
  const reply = await Promise.race([kernel.run(code, parent), late]);
  const took = (performance.now() - begun) / 1000;
  return { parent, reply, took, messages: messages.splice(0) };
}
"""
STOP = "() => window.book.kernel.stop()"


class BrowserKernel:
    """One Python in one page, for notebook after notebook.

    It is one that woke up from the memory of another, as on a reader's
    second page.

    Has the methods of ``nbval.kernel.RunningKernel`` that running and
    comparing a cell needs. A cell runs to its end when it is handed over, or
    until ``timeout`` seconds are over: then Python is stopped, and the next
    ``open`` starts it again.
    """

    def __init__(self, browser, address, timeout):
        self._timeout = timeout
        self._alive = False
        self._reply = None
        self._messages = []
        self.seconds = 0.0  # that the last cell took
        self._page = browser.new_page()
        self._page.route("**/_static/live/*.js", _or_source)
        self._page.goto(f"{address}{PAGE}")
        self._page.evaluate(START, "book/index.ipynb")
        wait_until_kept(self._page)
        self._page.evaluate(STOP)

    def open(self, notebook):
        """Begin a notebook (a path such as book/prologue/machine.ipynb).

        Its folder becomes the working directory, and nothing is left of the
        notebook before but imported libraries.
        """
        if not self._alive:
            self._start(notebook)
        self._run_whole(
            f"import fresh_chapter\nfresh_chapter.open({notebook!r})"
        )

    def close(self):
        self._page.close()

    def _start(self, notebook):
        said = self._page.evaluate(START, notebook)
        if "Waking Python as it was on your last page." not in said:
            raise RuntimeError(f"Python did not wake up from memory: {said}")
        self._alive = True
        module = FRESH.read_text("utf-8")
        self._run_whole(
            "import sys, types\n"
            "module = types.ModuleType('fresh_chapter')\n"
            f"exec({module!r}, vars(module))\n"
            "sys.modules['fresh_chapter'] = module\n"
        )

    def _run_whole(self, code):
        """Run code of ours, which must not fail."""
        self.execute_cell_input(code)
        if self._reply is None or self._reply["status"] != "ok":
            raise RuntimeError(f"{code}\nfailed: {self._messages}")

    # --- what nbval calls ---------------------------------------------------

    def is_alive(self):
        return self._alive

    def execute_cell_input(self, code, allow_stdin=False):
        """Run a cell; return the name of this run."""
        arguments = {"code": code, "seconds": self._timeout}
        run = self._page.evaluate(RUN, arguments)
        self._reply, self.seconds = run["reply"], run["took"]
        name = run["parent"]
        self._messages = [
            _message(m["type"], m["content"], m["parent"])
            for m in run["messages"]
        ]
        if self._reply:
            idle = {"execution_state": "idle"}
            self._messages.append(_message("status", idle, name))
        return name

    def await_reply(self, name, timeout=None):
        """Return; raise ``queue.Empty`` if the cell did not end in time."""
        if self._reply is None:
            raise Empty

    def await_idle(self, name, timeout=None):
        pass  # a cell that is handed over has run

    def get_message(self, stream, timeout=None):
        """The next message; raise ``queue.Empty`` if there is none."""
        if not self._messages:
            raise Empty
        return self._messages.pop(0)

    def interrupt(self):
        """A thread of a page cannot be interrupted: nbval stops it next."""

    def stop(self):
        self._page.evaluate(STOP)
        self._alive = False


def _message(kind, content, parent):
    return {
        "msg_type": kind,
        "content": content,
        "parent_header": {"msg_id": parent},
    }


def _or_source(route, request):
    """What the site has, else the module that it was bundled from."""
    name = request.url.rsplit("/", 1)[1]
    if (SITE / "_static" / "live" / name).exists():
        route.continue_()
    else:
        route.fulfill(path=SOURCES / name, content_type="text/javascript")
