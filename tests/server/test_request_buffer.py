"""A request takes one of a worker's few places only when it is there whole."""

from __future__ import annotations

import ast
import inspect
import io
import json
import time
from threading import Event, Thread

import pytest
from waiting import PATIENCE, wait_for

from iris_dash.server import fair_shares, minimal_responses, request_buffer, starting
from iris_dash.server.awaited_bodies import BODY_RATE, BODY_SECONDS, AwaitedBodies
from iris_dash.server.request_buffer import AT_ONCE, LONGEST_WAIT, RequestBuffer, _address
from iris_dash.web.pieces import PIECE


def buffered(app, places, bodies, requests, most, **more):
    return RequestBuffer(app, places, AwaitedBodies(bodies), requests, most, **more)


class Body(io.BytesIO):
    """A body that notes how much of it was read."""

    taken = 0

    def read(self, size=-1):
        found = super().read(size)
        self.taken += len(found)
        return found


def ask(app, body=b"", **more):
    given = Body(body)
    length = (
        {"CONTENT_LENGTH": str(len(body))} if body and "HTTP_TRANSFER_ENCODING" not in more else {}
    )
    app({"PATH_INFO": "/range/", "wsgi.input": given, **length, **more}, None)
    return given.taken


@pytest.fixture
def asked():
    return []


@pytest.fixture
def app(asked):
    def answer(environ, _):
        # It is there already, or there is none.
        assert type(environ["wsgi.input"]) is io.BytesIO or not environ.get("CONTENT_LENGTH")
        asked.append(environ["wsgi.input"].read())
        return []

    return buffered(answer, 3, 4, 8, 10)


def test_a_body_is_read_before_and_is_the_same(app, asked):
    assert ask(app, b"0123456789") == 10
    assert ask(app, b"", CONTENT_LENGTH="") == 0
    assert asked == [b"0123456789", b""]


def test_a_body_that_is_too_long_is_left_to_who_refuses_it():
    given = Body(bytes(11))
    seen = []
    app = RequestBuffer(
        lambda environ, _: seen.append(environ["wsgi.input"]) or [], 1, AwaitedBodies(1), 2, 10
    )
    app({"PATH_INFO": "/range/", "wsgi.input": given, "CONTENT_LENGTH": "11"}, None)
    assert seen == [given]
    assert given.taken == 0


def test_of_a_body_without_a_length_one_byte_too_many_is_read(app, asked):
    assert ask(app, bytes(100), HTTP_TRANSFER_ENCODING="chunked") == 11
    assert asked == [bytes(11)]


def test_an_answer_that_fails_gives_its_place_back():
    def fail(*_):
        raise ZeroDivisionError

    app = buffered(fail, 1, 1, 2, 10)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            ask(app)


def test_a_busy_server_lives_and_is_ready():
    answered, ends = [], Event()

    def answer(environ, _):
        answered.append(environ["PATH_INFO"])
        if environ["PATH_INFO"] == "/range/":
            assert ends.wait(PATIENCE)
        return []

    app = buffered(answer, 1, 1, 8, 10)
    busy = [Thread(target=ask, args=(app,)) for _ in range(3)]
    for thread in busy:
        thread.start()
    wait_for(lambda: answered)
    ask(app, PATH_INFO="/healthz")
    ask(app, PATH_INFO="/readyz")
    assert answered == ["/range/", "/healthz", "/readyz"]
    ends.set()
    for thread in busy:
        thread.join()


def test_a_question_that_waited_too_long_is_not_begun(monkeypatch):
    now, answered, ends = [100.0], [], Event()
    monkeypatch.setattr(fair_shares, "monotonic", lambda: now[0])

    def answer(environ, _):
        answered.append(environ["PATH_INFO"])
        assert ends.wait(PATIENCE)
        return [b"whole"]

    app, said, sent = buffered(answer, 1, 1, 8, 10), [], []

    def wait_for_a_place():
        given = {"PATH_INFO": "/range/", "wsgi.input": Body(b"")}
        sent.append(app(given, lambda status, headers: said.append((status, dict(headers)))))

    first = Thread(target=ask, args=(app,))
    first.start()
    wait_for(lambda: answered)
    second = Thread(target=wait_for_a_place)
    second.start()
    wait_for(lambda: app._places._waiting)
    now[0] += LONGEST_WAIT + 1
    ends.set()
    first.join()
    second.join()
    ((status, headers),), ((body,),) = said, sent
    assert status == "503 Service Unavailable"
    assert headers["Retry-After"] == "5"
    assert b"waited too long" in body
    assert answered == ["/range/"]


class HalfSent(io.BytesIO):
    """A body whose rest comes when the test says so."""

    def __init__(self, rest: Event) -> None:
        super().__init__(b"{}")
        self.rest = rest

    def read(self, size=-1):
        assert self.rest.wait(PATIENCE)
        return super().read(size)


def answer_to(app, client="", **more):
    """The status, headers and body of what is answered."""
    said = []
    environ = {"PATH_INFO": "/range/", "wsgi.input": Body(), "REMOTE_ADDR": client, **more}
    pieces = app(environ, lambda status, headers: said.append((status, dict(headers))))
    return (*said[0], b"".join(pieces)) if said else pieces


def with_body(body):
    return {"wsgi.input": body, "CONTENT_LENGTH": "2"}


def test_more_half_sent_bodies_than_there_is_room_for_are_refused(app, asked):
    sent = Event()
    waiting = [
        Thread(target=answer_to, args=(app, client), kwargs=with_body(HalfSent(sent)))
        for client in ("192.0.2.1", "192.0.2.1", "192.0.2.2", "192.0.2.2")
    ]
    for thread in waiting:
        thread.start()
    wait_for(lambda: not app._bodies._share._free)
    status, headers, body = answer_to(app, "192.0.2.3", **with_body(Body(b"{}")))
    assert status == "503 Service Unavailable"
    assert int(headers["Retry-After"]) > 0
    assert headers["Content-Length"] == str(len(body))
    assert "half sent" in json.loads(body)["detail"]
    ask(app)
    assert asked == [b""]
    sent.set()
    for thread in waiting:
        thread.join()
    ask(app, b"more")
    assert asked == [b"", b"{}", b"{}", b"{}", b"{}", b"more"]


def test_half_sent_bodies_of_one_client_leave_room_for_those_of_others(app, asked):
    sent = Event()
    waiting = [
        Thread(target=answer_to, args=(app, "192.0.2.1"), kwargs=with_body(HalfSent(sent)))
        for _ in range(2)
    ]
    for thread in waiting:
        thread.start()
    wait_for(lambda: app._bodies._share._free == 2)
    assert answer_to(app, "192.0.2.1", **with_body(Body(b"{}")))[0] == "503 Service Unavailable"
    assert answer_to(app, "192.0.2.2", **with_body(Body(b"{}"))) == []
    assert answer_to(app, "192.0.2.1") == []  # it may still ask what has no body
    sent.set()
    for thread in waiting:
        thread.join()


def test_a_body_is_late_after_a_minute_and_the_time_that_a_long_one_takes():
    app = buffered(lambda *_: [], 3, 4, 8, 100 * BODY_RATE)
    sent = Event()
    lengths = {"192.0.2.1": 2, "192.0.2.2": 100 * BODY_RATE}
    waiting = [
        Thread(
            target=answer_to,
            args=(app, client),
            kwargs=with_body(HalfSent(sent)) | {"CONTENT_LENGTH": str(length)},
        )
        for client, length in lengths.items()
    ]
    before = time.monotonic()
    for thread in waiting:
        thread.start()
    wait_for(lambda: len(app._bodies._due) == 2)
    after = time.monotonic()
    assert app._bodies.late(before + BODY_SECONDS) == {}
    late = app._bodies.late(after + BODY_SECONDS + 1)
    assert list(late) == ["192.0.2.1"]
    assert BODY_SECONDS < late["192.0.2.1"] <= BODY_SECONDS + 1 + after - before
    assert set(app._bodies.late(after + BODY_SECONDS + 101)) == set(lengths)
    sent.set()
    for thread in waiting:
        thread.join()
    assert app._bodies.late(after + 10 * BODY_SECONDS) == {}


def test_who_asks_through_trusted_proxies_is_who_they_say():
    """All come from the proxy's address: its clients must not count as one."""
    pieces = iter([bytes(AT_ONCE + 1)])
    app = buffered(lambda environ, _: pieces, 2, 2, 2, 10, proxies=1)
    one = {"REMOTE_ADDR": "192.0.2.9", "HTTP_X_FORWARDED_FOR": "203.0.113.66, 192.0.2.1"}
    other = {"REMOTE_ADDR": "192.0.2.9", "HTTP_X_FORWARDED_FOR": "192.0.2.2"}

    def given(more):
        said = []
        environ = {"PATH_INFO": "/", "wsgi.input": Body(), **more}
        answer = app(environ, lambda status, _: said.append(status))
        return said, answer

    said, first = given(one)
    assert said == []
    assert given(one)[0] == ["503 Service Unavailable"]
    assert given({**one, "HTTP_X_FORWARDED_FOR": "192.0.2.1"})[0] == ["503 Service Unavailable"]
    assert given(other)[0] == []
    first.close()
    assert given(one)[0] == []


@pytest.mark.parametrize(
    ("said", "proxies", "client"),
    [
        ("203.0.113.66, 192.0.2.1", 1, "192.0.2.1"),
        ("203.0.113.66,192.0.2.1", 2, "203.0.113.66"),
        ('"2001:db8::1"', 1, "2001:db8::1"),
        ('"made up, 192.0.2.1', 1, "192.0.2.1"),
        ("192.0.2.1", 2, "192.0.2.9"),
        ("", 1, "192.0.2.9"),
        ("192.0.2.1", 0, "192.0.2.9"),
    ],
)
def test_the_nearest_proxies_say_who_asks(said, proxies, client):
    environ = {"REMOTE_ADDR": "192.0.2.9", "HTTP_X_FORWARDED_FOR": said}
    assert _address(environ, proxies) == client


@pytest.mark.parametrize("module", [fair_shares, minimal_responses, request_buffer, starting])
def test_what_answers_before_the_table_is_there_loads_nothing_meanwhile(module):
    """Another thread loads the web framework then: a module that two begin may be half there."""
    functions = (
        node
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.FunctionDef)
    )
    parts = (part for function in functions for part in ast.walk(function))
    assert [part.lineno for part in parts if isinstance(part, ast.Import | ast.ImportFrom)] == []


def test_a_long_answer_leaves_in_small_pieces_made_when_there_is_room_for_them():
    """All of it would stand in memory for as long as a slow client likes."""
    made, closed = [], []

    class Pieces:
        def __iter__(self):
            for byte in b"abc":
                made.append(byte)
                yield bytes([byte]) * 150_000

        def close(self):
            closed.append(True)

    app = buffered(lambda environ, _: Pieces(), 1, 1, 2, 10)
    answer = answer_to(app)
    first = next(answer)
    assert len(first) == PIECE
    assert made == [ord("a")]
    assert answer_to(buffered(lambda environ, _: [b"ab"], 1, 1, 2, 10)) == [b"ab"]
    assert first + b"".join(answer) == b"a" * 150_000 + b"b" * 150_000 + b"c" * 150_000
    answer.close()
    answer.close()
    assert closed == [True]


def test_long_lists_leave_in_pieces_too_and_short_ones_as_they_are():
    long = bytes(range(256)) * 1_000
    for given in ([long], [long[:100_000], long[100_000:]]):
        answer = answer_to(buffered(lambda environ, _, given=given: given, 1, 1, 2, 10))
        pieces = list(answer)
        assert max(map(len, pieces)) <= PIECE
        assert b"".join(pieces) == long


def test_an_answer_that_is_being_written_holds_its_clients_share():
    app = buffered(lambda environ, _: iter([b"a", b"b"]), 1, 1, 4, 10)
    held = [answer_to(app, "192.0.2.1") for _ in range(2)]
    status, headers, body = answer_to(app, "192.0.2.1")
    assert status == "503 Service Unavailable"
    assert "under way" in json.loads(body)["detail"]
    assert int(headers["Retry-After"]) > 0
    held.append(answer_to(app, "192.0.2.2"))
    assert b"".join(held[0]) == b"ab"
    held[0].close()
    assert next(answer_to(app, "192.0.2.1")) == b"a"
