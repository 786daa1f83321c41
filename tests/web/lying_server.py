"""A server on this machine that sends files as told: well, badly, or not.

    with LyingServer() as server:
        server.files["a.whl"] = data
        server.answers["a.whl"] = [breaks_off(1000), resumes]

Each request for a file takes the next of its answers; the last one stays. A
file without answers is sent by ``resumes``. ``server.requests`` lists what
was asked: path, Range header, and how many bytes of the body were to be
sent.
"""

import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Request:
    path: str
    range: str | None
    sent: int = 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        name = self.path.rsplit("/", 1)[-1]
        self.record = Request(self.path, self.headers.get("Range"))
        self.server.requests.append(self.record)
        answers = self.server.answers.get(name, [resumes])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        answer(self, self.server.files.get(name, b""))

    def start(self, status, length, headers=()):
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def send_body(self, body):
        # counted first: who has received all may look before we go on
        self.record.sent += len(body)
        self.wfile.write(body)
        self.wfile.flush()

    def hang_up(self):
        self.close_connection = True
        self.connection.close()

    def log_message(self, *_):
        pass


def whole(handler, data):
    """The file from its start, whatever part of it was asked for."""
    handler.start(200, len(data))
    handler.send_body(data)


def resumes(handler, data):
    """The part of the file that was asked for."""
    start = _asked(handler)
    if start == 0:
        whole(handler, data)
    elif start >= len(data):
        handler.start(416, 0, [("Content-Range", f"bytes */{len(data)}")])
    else:
        handler.start(206, len(data) - start, [_content_range(start, data)])
        handler.send_body(data[start:])


def breaks_off(after):
    """Close the connection after so many bytes."""

    def answer(handler, data):
        _partly(handler, data, after)
        handler.hang_up()

    return answer


def stalls(after, seconds):
    """Send so many bytes, then keep the connection open and send nothing."""

    def answer(handler, data):
        _partly(handler, data, after)
        time.sleep(seconds)
        handler.hang_up()

    return answer


def silent(seconds):
    """Take the request and say nothing."""

    def answer(handler, _):
        time.sleep(seconds)
        handler.hang_up()

    return answer


def lies(other):
    """Send other bytes than those of the file."""
    return lambda handler, _: whole(handler, other)


def claims(length):
    """Send the whole file under a wrong Content-Length."""

    def answer(handler, data):
        handler.start(200, length)
        handler.send_body(data[:length])
        handler.hang_up()

    return answer


def resumes_wrongly(handler, data):
    """Say 206, and send the file from another place than was asked for."""
    if _asked(handler) == 0:
        return whole(handler, data)
    handler.start(206, len(data), [_content_range(0, data)])
    handler.send_body(data)


def status(code):
    return lambda handler, _: handler.start(code, 0)


def page(handler, _):
    """A web page with status 200, as hotels and proxies send it."""
    body = b"<!doctype html><title>Please log in</title>"
    handler.start(200, len(body), [("Content-Type", "text/html")])
    handler.send_body(body)


def _asked(handler):
    asked = handler.record.range
    return int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0


def _content_range(start, data):
    return "Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}"


def _partly(handler, data, after):
    start = _asked(handler)
    if start:
        handler.start(206, len(data) - start, [_content_range(start, data)])
    else:
        handler.start(200, len(data))
    handler.send_body(data[start:][:after])


class LyingServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.answers, self.requests = {}, {}, []
        self.address = f"http://127.0.0.1:{self.server_port}"

    def __enter__(self):
        threading.Thread(
            target=self.serve_forever, args=(0.02,), daemon=True
        ).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        """A client that goes away is no news here."""
