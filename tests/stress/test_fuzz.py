"""The rows of `make fuzz` in their short form, and that what judges them can say no."""

from __future__ import annotations

import json
import random
from math import log2
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from stress import long_inputs, schema_fuzz
from stress.callback_fuzz import nonsense
from stress.fuzz import CHECKS
from stress.questions import Question, asked
from stress.rows import started_once

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "liar", "version": "1"},
    "paths": {
        f"/{name}": {
            "get": {
                "responses": {
                    "200": {
                        "description": "a number",
                        "content": {"application/json": {"schema": {"type": "integer"}}},
                    }
                }
            }
        }
        for name in ("right", "text", "shape", "teapot", "failed")
    },
}


@pytest.fixture(scope="module")
def started():
    with started_once() as start:
        yield start


@pytest.mark.parametrize("check", CHECKS, ids=[str(n) for n in range(len(CHECKS))])
def test_a_short_run_shows_what_it_must(started, check):
    row = check.row(started(check.target), short=True)
    assert row.holds, row.measured


@pytest.fixture
def liar():
    """A server that answers otherwise than its document says, at all paths but one."""
    app = Flask("liar")
    app.add_url_rule("/openapi.json", "document", lambda: DOCUMENT)
    app.add_url_rule("/right", "right", lambda: ("1", {"Content-Type": "application/json"}))
    app.add_url_rule("/text", "text", lambda: ("1", {"Content-Type": "text/plain"}))
    app.add_url_rule("/shape", "shape", lambda: ('"1"', {"Content-Type": "application/json"}))
    app.add_url_rule("/teapot", "teapot", lambda: ("1", 418))
    app.add_url_rule("/failed", "failed", lambda: ("1", 503))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def test_schemathesis_finds_each_way_not_to_do_what_is_documented(liar):
    report = schema_fuzz.run_schemathesis(liar, 1, "fuzzing", {})
    assert {
        (failure.split()[1].strip(":"), failure.split()[-1]) for failure in report.failures
    } == {
        ("/text", "content_type_conformance"),
        ("/shape", "response_schema_conformance"),
        ("/teapot", "status_code_conformance"),
        ("/failed", "status_code_conformance"),
        ("/failed", "not_a_server_error"),
    }
    assert report.requests == 5


def test_nonsense_is_the_same_every_time_and_never_the_real_thing():
    real = [{"output": "..a.b..", "inputs": [{"id": "asked", "value": asked()}]}]
    bodies, again = (
        [nonsense(choose, real) for _ in range(500)]
        for choose in (random.Random(1), random.Random(1))
    )
    assert bodies == again
    assert len(set(bodies)) > 300
    assert bodies.count(json.dumps(real[0]).encode()) == 0
    assert 200 < sum(b'"asked"' in body for body in bodies) < 450


@pytest.mark.parametrize(
    ("seconds", "grows"),
    [
        pytest.param(lambda n: 2 * n, False, id="linear"),
        pytest.param(lambda n: 0.05 + n * log2(1e5 * n), False, id="sorted"),
        pytest.param(lambda n: n**2, True, id="quadratic"),
        pytest.param(lambda n: 0.2 * n + 0.7 * n**2, True, id="partly quadratic"),
        pytest.param(lambda n: 0.4 * n**2, False, id="never long"),
        pytest.param(lambda n: 2.0, False, id="constant"),
    ],
)
def test_what_grows_faster_than_its_input_is_told(seconds, grows):
    def build(length):
        return Question("a", "", b"x" * length)

    most = 100_000
    cost = lambda question: seconds(len(question.body) / most)  # noqa: E731
    taken, growth = long_inputs.judge(build, most, cost)
    assert taken == pytest.approx(seconds(1), rel=0.01)
    assert (growth >= long_inputs.GROWTH) is grows


def test_long_inputs_are_the_same_every_time_and_as_long_as_is_wanted():
    asked = {"id": "asked", "property": "data", "value": {}}
    real = {
        "answered": {"inputs": [{**asked, "value": {"ranges": {"a": [1, 2]}}}], "state": []},
        "notices": {"inputs": [{**asked, "value": {}}], "state": []},
        "copy-panel": {"inputs": [asked], "state": [{"value": {}}]},
    }
    first, again = (
        [long_inputs.long_question(choose, real) for _ in range(200)]
        for choose in (random.Random(1), random.Random(1))
    )
    assert len({kind for kind, _, _ in first}) > 60
    for (kind, build, most), (_, alike, _) in zip(first, again, strict=True):
        short, long = long_inputs.fitted(build, 3_000), long_inputs.fitted(build, 12_000)
        assert short == long_inputs.fitted(alike, 3_000)
        sizes = [len(question.path) + len(question.body or b"") for question in (short, long)]
        assert sizes[1] <= 12_000, kind
        assert sizes[1] > 2 * sizes[0], kind
        assert most in (long_inputs.MOST_URL, long_inputs.MOST_BODY)
