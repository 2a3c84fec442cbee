"""A request takes one of a worker's few places only when it is there whole."""

from __future__ import annotations

import io
import json
from threading import Event, Thread

import pytest
from waiting import PATIENCE, wait_for

from iris_dash.server.request_buffer import FairSemaphore, RequestBuffer


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

    return RequestBuffer(answer, 2, 2, 10)


def test_a_body_is_read_before_and_is_the_same(app, asked):
    assert ask(app, b"0123456789") == 10
    assert ask(app, b"", CONTENT_LENGTH="") == 0
    assert asked == [b"0123456789", b""]


def test_a_body_that_is_too_long_is_left_to_who_refuses_it():
    given = Body(bytes(11))
    seen = []
    app = RequestBuffer(lambda environ, _: seen.append(environ["wsgi.input"]) or [], 1, 1, 10)
    app({"PATH_INFO": "/range/", "wsgi.input": given, "CONTENT_LENGTH": "11"}, None)
    assert seen == [given]
    assert given.taken == 0


def test_of_a_body_without_a_length_one_byte_too_many_is_read(app, asked):
    assert ask(app, bytes(100), HTTP_TRANSFER_ENCODING="chunked") == 11
    assert asked == [bytes(11)]


def test_an_answer_that_fails_gives_its_place_back():
    def fail(*_):
        raise ZeroDivisionError

    app = RequestBuffer(fail, 1, 1, 10)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            ask(app)


def test_a_busy_server_lives():
    answered, ends = [], Event()

    def answer(environ, _):
        answered.append(environ["PATH_INFO"])
        if environ["PATH_INFO"] != "/healthz":
            assert ends.wait(PATIENCE)
        return []

    app = RequestBuffer(answer, 1, 1, 10)
    busy = [Thread(target=ask, args=(app,)) for _ in range(3)]
    for thread in busy:
        thread.start()
    wait_for(lambda: answered)
    ask(app, PATH_INFO="/healthz")
    assert answered == ["/range/", "/healthz"]
    ends.set()
    for thread in busy:
        thread.join()


def test_more_half_sent_bodies_than_there_is_room_for_are_refused(app, asked):
    sent = Event()

    class HalfSent(io.BytesIO):
        def read(self, size=-1):
            assert sent.wait(PATIENCE)
            return super().read(size)

    def send():
        given = {"PATH_INFO": "/range/", "wsgi.input": HalfSent(b"{}"), "CONTENT_LENGTH": "2"}
        app(given, None)

    waiting = [Thread(target=send) for _ in range(2)]
    for thread in waiting:
        thread.start()
    wait_for(lambda: not app._bodies._value)
    said = []
    refused = {"PATH_INFO": "/range/", "wsgi.input": Body(b"{}"), "CONTENT_LENGTH": "2"}
    body = b"".join(app(refused, lambda status, headers: said.append((status, dict(headers)))))
    ((status, headers),) = said
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
    assert asked == [b"", b"{}", b"{}", b"more"]


def test_no_more_are_answered_than_there_are_places_and_the_first_is_next():
    places = FairSemaphore(2)
    inside, order = [], []

    def visit(name):
        order.append(name)
        places.take()
        inside.append(name)

    threads = [Thread(target=visit, args=(name,)) for name in range(6)]
    for name, thread in enumerate(threads):
        thread.start()
        wait_for(lambda: len(order) > name and len(places._waiting) == max(0, name - 1))  # noqa: B023
    assert inside == [0, 1]
    for count in range(3, 7):
        places.give()
        wait_for(lambda: len(inside) == count)  # noqa: B023
    assert inside == [0, 1, 2, 3, 4, 5]
    for thread in threads:
        thread.join()
    for _ in range(2):
        places.give()
    assert places._free == 2
