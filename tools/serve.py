"""Serve the built site on localhost: python tools/serve.py FOLDER [PORT]

Takes the next free port if the wanted one is taken. Sends the site's
content-security policy, which rules the workers too.
"""

import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "web"))
from policy import NAME, policy_for  # noqa: E402


class SiteHandler(SimpleHTTPRequestHandler):
    """Files, under the policy, and nothing said about each request.

    Their types do not depend on what the machine has registered: browsers
    refuse scripts, style sheets and WebAssembly of another type.
    """

    extensions_map = {
        **SimpleHTTPRequestHandler.extensions_map,
        ".css": "text/css",
        ".js": "text/javascript",
        ".json": "application/json",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def end_headers(self):
        self.send_header(NAME, policy_for(self.path))
        super().end_headers()

    def log_message(self, *_):
        pass


def serve(folder, port):
    handler = partial(SiteHandler, directory=folder)
    for candidate in range(port, min(port + 100, 65536)):
        try:
            server = ThreadingHTTPServer(("127.0.0.1", candidate), handler)
        except OSError:
            continue
        if candidate != port:
            print(f"port {port} is taken; using {candidate}")
        return server
    sys.exit(f"no free port from {port} on: choose another with PORT=")


if __name__ == "__main__":
    wanted = sys.argv[2] if len(sys.argv) > 2 else "8000"
    if not wanted.isdigit() or not 0 < int(wanted) < 65536:
        sys.exit(f"PORT={wanted} is not a port: expected 1 to 65535")
    server = serve(sys.argv[1], int(wanted))
    print(
        f"the book is at http://localhost:{server.server_port}/ "
        "(Ctrl-C stops)",
        flush=True,
    )
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
