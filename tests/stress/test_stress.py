"""The rows of `make soak` in their short form, and that what judges them can say no."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from waiting import wait_for

from stress.faults import judge
from stress.load import Answer, Load, failed
from stress.questions import NOBODY, Question
from stress.rows import in_one_of, started_once
from stress.soak import CHECKS
from stress.wrk import Wrk

ROWS = Question("rows", "/range/")
SHORT = [check for check in CHECKS if check.short is not None]


@pytest.fixture(scope="module")
def started():
    with started_once() as start:
        yield start


@pytest.mark.parametrize("check", SHORT, ids=[check.measure.__name__ for check in SHORT])
def test_a_short_run_shows_what_it_must(started, check):
    row = check.row(started(check.target), short=True)
    assert row.holds, row.measured


@pytest.fixture
def liar():
    """A server that answers `right` and, every third time, `wrong` or with an error."""

    class Lies(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        asked = 0

        def do_GET(self) -> None:
            Lies.asked += 1
            status, body = ((200, b"right"), (200, b"wrong"), (500, b"right"))[Lies.asked % 3]
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Lies) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_load_tells_right_answers_from_wrong_ones_and_from_errors(liar):
    with Load(liar, {ROWS: [b"right"]}, connections=1) as load:
        wait_for(lambda: len(load.answers) >= 6)
    ways = {(answer.status, answer.right, answer.wrong) for answer in load.answers}
    assert ways == {(200, True, False), (200, False, True), (500, False, False)}
    assert len(failed(load.answers)) >= len(load.answers) // 2


def test_wrk_counts_what_is_refused(liar):
    figures = Wrk(liar, [ROWS], connections=1, seconds=1).figures()
    assert figures.broken == 0
    assert abs(figures.refused - figures.requests / 3) <= 1


def test_nobody_there_is_no_answer():
    with Load("http://127.0.0.1:9", {ROWS: [b"right"]}, connections=1) as load:
        wait_for(lambda: load.answers)
    assert {answer.status for answer in load.answers} == {NOBODY}


@pytest.mark.parametrize(
    ("tries", "measured", "said", "holds"),
    [
        pytest.param(3, [("a", True, True)], "a", True, id="quick"),
        pytest.param(
            3, [("a", True, False), ("b", True, True)], "a; once more: b", True, id="busy"
        ),
        pytest.param(2, [("a", True, False)] * 2, "a; once more: a", False, id="always slow"),
        pytest.param(1, [("a", True, False)], "a", False, id="one try"),
        pytest.param(3, [("a", False, False)], "a", False, id="lost"),
        pytest.param(3, [("a", False, True)], "a", False, id="quick and wrong"),
    ],
)
def test_only_what_is_slow_is_tried_again(tries, measured, said, holds):
    assert in_one_of(tries, measured.__getitem__) == (said, holds)


@pytest.mark.parametrize(
    ("began", "ended", "status", "holds"),
    [
        pytest.param(9.0, 10.1, NOBODY, True, id="in flight when it was killed"),
        pytest.param(10.2, 10.3, NOBODY, True, id="begun as it was killed"),
        pytest.param(10.5, 10.6, NOBODY, False, id="begun after it"),
        pytest.param(14.0, 14.1, NOBODY, False, id="begun long after it"),
        pytest.param(8.0, 9.0, NOBODY, False, id="over before it"),
        pytest.param(9.0, 14.0, NOBODY, False, id="waited too long"),
        pytest.param(9.0, 10.1, 200, False, id="wrong answer"),
    ],
)
def test_a_kill_may_cost_only_what_was_in_flight(began, ended, status, holds):
    right = Answer(ROWS, 11.0, 11.1, 200, right=True, said="")
    lost = Answer(ROWS, began, ended, status, right=False, said="")
    assert judge([right, lost], before=10.0, after=10.2)[1] is holds
