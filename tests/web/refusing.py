"""A proxy that lets a browser reach this machine alone."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

# what Chromium itself asks, whatever page is open, and even if none is
ITS_OWN = {
    "accounts.google.com",
    "clients2.google.com",
    "content-autofill.googleapis.com",
    "optimizationguide-pa.googleapis.com",
    "redirector.gvt1.com",
    "safebrowsing.googleapis.com",
    "update.googleapis.com",
}


@contextmanager
def serving(handler):
    """A server on a free port, in a thread of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def refusing_proxy():
    """The proxy's flag for Chromium, and a list of what it was asked.

    It refuses everything and notes the addresses, but for those that the
    browser asks on its own. What workers and service workers ask goes
    through it, too; what this machine serves does not.
    """
    asked = []

    class Proxy(BaseHTTPRequestHandler):
        def refuse(self):
            host = urlsplit(f"//{self.path.split('//')[-1]}").hostname
            if host not in ITS_OWN:
                asked.append(self.path)
            self.send_error(502)

        do_CONNECT = do_GET = do_HEAD = do_OPTIONS = do_POST = refuse

        def log_message(self, *_):
            pass

    with serving(Proxy) as server:
        yield f"--proxy-server=127.0.0.1:{server.server_port}", asked
