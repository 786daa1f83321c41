"""Fetch a file whose sha256 is known, over a connection that may fail.

    fetch(url, target, sha256)

The file arrives under another name, ``target`` + ``.part``, and is renamed
when its checksum is right: under its own name a file is whole, or not there.
What a broken connection left behind is taken up again where it stopped, if
the server can do that.
"""

import hashlib
import time

import click
import requests

CHUNK = 1 << 16  # bytes
PATIENCE = (10, 30)  # seconds: to connect, and between two pieces of a file
PAUSES = (1, 2, 4)  # seconds before the second, third and fourth attempt
BUSY = {408, 425, 429, 500, 502, 503, 504}  # answers worth another attempt
RANGE_NOT_SATISFIABLE = 416


class FetchError(Exception):
    """A file could not be had; the message is one clear sentence."""


class Unreachable(FetchError):
    """The server did not answer at all."""


class _Interrupted(Exception):
    """An attempt failed in a way that another one may mend."""


class _NoAnswer(_Interrupted):
    """No connection, or nothing came over it."""


def checksum(path):
    """The sha256 of a file, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch(url, target, sha256, *, patience=PATIENCE, pauses=PAUSES):
    """Download ``url`` to ``target``, which must have this sha256.

    ``patience`` is how many seconds to wait for a connection, and for the
    next piece of the file; ``pauses`` are the seconds between attempts.
    Returns ``target``. Raises ``Unreachable`` if no attempt got an answer,
    ``FetchError`` if the answers were of no use.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    answered = False
    with requests.Session() as session:
        for attempt, pause in enumerate((*pauses, None), start=1):
            try:
                _download(session, url, part, sha256, patience)
                part.replace(target)
                return target
            except (_Interrupted, requests.RequestException) as error:
                problem = error
            answered |= not isinstance(problem, _NoAnswer)
            if pause is None or (attempt == 2 and not answered):
                break
            time.sleep(pause)
    if not answered:
        raise Unreachable(f"{_host(url)} does not answer")
    raise FetchError(
        f"{url} could not be fetched in {attempt} attempts; the last ended "
        f"with: {_plain(problem)}"
    )


def _download(session, url, part, sha256, patience):
    """One attempt: add to ``part`` what it lacks, and check the whole."""
    start = part.stat().st_size if part.exists() else 0
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    try:
        answer = session.get(
            url, headers=headers, stream=True, timeout=patience
        )
    except (requests.ConnectionError, requests.Timeout) as error:
        raise _NoAnswer(_plain(error)) from error
    with answer:
        if answer.status_code in BUSY:
            raise _Interrupted(f"the server answered {answer.status_code}")
        if start and answer.status_code == RANGE_NOT_SATISFIABLE:
            if checksum(part) != sha256:  # longer than the file, or damaged
                part.unlink()
                raise _Interrupted("the part fetched earlier is of no use")
            return
        if not answer.ok:
            raise FetchError(f"{url} answered {answer.status_code}")
        resumed = _continues(answer, start)
        _write(answer, part, start if resumed else 0)
    found = checksum(part)
    if found == sha256:
        return
    part.unlink()
    if resumed:  # the two halves do not belong together
        raise _Interrupted("the part fetched earlier did not fit the rest")
    page = "text/html" in answer.headers.get("Content-Type", "")
    raise FetchError(
        f"{url} was refused and deleted: expected the sha256 {sha256}, got "
        f"{found}" + (" (a web page came instead of the file)" if page else "")
    )


def _continues(answer, start):
    """Whether the server sends the rest from ``start``, and not the whole."""
    sent = answer.headers.get("Content-Range", "")
    return (
        start > 0
        and answer.status_code == requests.codes.partial_content
        and sent.startswith(f"bytes {start}-")
    )


def _write(answer, part, start):
    """Store the body from byte ``start`` on, with a progress bar."""
    length = answer.headers.get("Content-Length")
    total = start + int(length) if length else None
    name = part.name.removesuffix(".part")
    with (
        part.open("ab" if start else "wb") as file,
        click.progressbar(
            length=total, label=f"  fetching {name}", width=24
        ) as bar,
    ):
        bar.update(start)
        for piece in answer.iter_content(CHUNK):
            file.write(piece)
            bar.update(len(piece))


def _host(url):
    return requests.utils.urlparse(url).netloc


def _plain(problem):
    """The innermost reason of a chain of exceptions, in one line."""
    while problem.args and isinstance(problem.args[0], Exception):
        problem = problem.args[0]
    return str(problem).splitlines()[0]
