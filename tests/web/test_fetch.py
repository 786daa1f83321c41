"""Downloads over connections that fail in every way we could think of."""

import hashlib
import random
import socket

import pytest
from fetch import FetchError, Unreachable, fetch
from lying_server import (
    LyingServer,
    breaks_off,
    claims,
    lies,
    page,
    resumes,
    resumes_wrongly,
    silent,
    stalls,
    status,
    whole,
)

DATA = random.Random(1).randbytes(300_000)
SHA256 = hashlib.sha256(DATA).hexdigest()
NAME = "a-1-py3-none-any.whl"
PATIENT = 1.5  # seconds; a busy machine needs as much for an answer


@pytest.fixture
def server():
    with LyingServer() as server:
        server.files[NAME] = DATA
        yield server


@pytest.fixture
def target(tmp_path):
    return tmp_path / "cache" / NAME


def get(server, target, sha256=SHA256):
    return fetch(
        f"{server.address}/full/{NAME}",
        target,
        sha256,
        patience=(PATIENT, PATIENT),
        pauses=(0.01, 0.01, 0.01),
    )


def nothing_left(target):
    return not list(target.parent.iterdir())


def test_fetches(server, target):
    assert get(server, target) == target
    assert target.read_bytes() == DATA
    assert [r.range for r in server.requests] == [None]
    assert [p.name for p in target.parent.iterdir()] == [NAME]


@pytest.mark.parametrize("broken", [breaks_off(120_000), stalls(120_000, 5)])
def test_resumes_where_it_stopped(server, target, broken):
    server.answers[NAME] = [broken, resumes]
    get(server, target)
    assert target.read_bytes() == DATA
    first, second = server.requests
    start = int(second.range.removeprefix("bytes=").rstrip("-"))
    assert 0 < start <= 120_000
    assert second.sent == len(DATA) - start


def test_resumes_in_a_later_call(server, target):
    server.answers[NAME] = [breaks_off(100_000), status(404)]
    with pytest.raises(FetchError, match="answered 404"):
        get(server, target)
    assert not target.exists()
    server.answers[NAME] = [resumes]
    get(server, target)
    assert target.read_bytes() == DATA
    assert server.requests[-1].sent < len(DATA)


def test_resumes_again_and_again(server, target):
    server.answers[NAME] = [breaks_off(90_000)] * 3 + [resumes]
    get(server, target)
    assert target.read_bytes() == DATA
    assert sum(r.sent for r in server.requests) < 2 * len(DATA)


def test_starts_again_where_the_server_cannot_resume(server, target):
    server.answers[NAME] = [breaks_off(120_000), whole]
    get(server, target)
    assert target.read_bytes() == DATA
    assert server.requests[1].sent == len(DATA)


def test_starts_again_where_the_server_resumes_wrongly(server, target):
    server.answers[NAME] = [breaks_off(120_000), resumes_wrongly]
    get(server, target)
    assert target.read_bytes() == DATA


@pytest.mark.parametrize(
    "old", [b"of another file", DATA + b"more", DATA[:-1] + b"?"]
)
def test_starts_again_from_a_part_of_something_else(server, target, old):
    target.parent.mkdir()
    target.with_name(NAME + ".part").write_bytes(old)
    get(server, target)
    assert target.read_bytes() == DATA


def test_uses_a_part_that_is_whole(server, target):
    target.parent.mkdir()
    target.with_name(NAME + ".part").write_bytes(DATA)
    get(server, target)
    assert target.read_bytes() == DATA
    assert sum(r.sent for r in server.requests) == 0


def test_never_shows_a_file_before_it_is_whole(server, target):
    seen = []

    def watch(handler, data):
        seen.append(target.exists())
        breaks_off(100_000)(handler, data)
        seen.append(target.exists())

    server.answers[NAME] = [watch]
    with pytest.raises(FetchError, match="in 4 attempts; the last ended with"):
        get(server, target)
    assert seen and not any(seen)
    assert not target.exists()


@pytest.mark.parametrize("answer", [lies(b"wrong" * 999), claims(1000)])
def test_refuses_and_deletes_wrong_bytes(server, target, answer):
    server.answers[NAME] = [answer]
    with pytest.raises(FetchError, match="refused and deleted") as refused:
        get(server, target)
    assert SHA256 in str(refused.value) and NAME in str(refused.value)
    assert len(server.requests) == 1
    assert nothing_left(target)


def test_a_length_that_is_too_long_is_no_harm(server, target):
    server.answers[NAME] = [claims(len(DATA) + 50), resumes]
    get(server, target)
    assert target.read_bytes() == DATA
    assert sum(r.sent for r in server.requests) < 2 * len(DATA)


def test_knows_a_web_page(server, target):
    server.answers[NAME] = [page]
    with pytest.raises(FetchError, match="a web page came instead"):
        get(server, target)
    assert nothing_left(target)


def test_a_file_that_is_not_there_is_asked_for_once(server, target):
    server.answers[NAME] = [status(404)]
    with pytest.raises(FetchError, match=f"{NAME} answered 404"):
        get(server, target)
    assert len(server.requests) == 1


@pytest.mark.parametrize("code", [429, 500, 503])
def test_asks_a_busy_server_again(server, target, code):
    server.answers[NAME] = [status(code), resumes]
    get(server, target)
    assert target.read_bytes() == DATA


def test_gives_up_on_a_server_that_stays_broken(server, target):
    server.answers[NAME] = [status(500)]
    with pytest.raises(FetchError, match="4 attempts.*answered 500"):
        get(server, target)
    assert len(server.requests) == 4


def test_gives_up_on_a_silent_server(server, target):
    server.answers[NAME] = [silent(5)]
    with pytest.raises(Unreachable, match="127.0.0.1:.* does not answer"):
        get(server, target)
    assert len(server.requests) == 2


def test_no_server(target):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(Unreachable, match="does not answer"):
        fetch(f"{address}/{NAME}", target, SHA256, pauses=(0.01,))


def test_says_a_line_a_file_where_there_is_no_terminal(server, target, capsys):
    get(server, target)
    assert capsys.readouterr().out == f"  fetching {NAME}\n"


def test_draws_one_line_of_progress_on_a_terminal(
    server, target, capsys, monkeypatch
):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    server.answers[NAME] = [breaks_off(120_000), resumes]
    get(server, target)
    out = capsys.readouterr().out
    assert "100%" in out and "#" in out
    assert out.count("\n") <= 2  # one for each attempt
