"""What is seen from outside: ids, timings, log lines, metrics."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
import time
from hashlib import sha256

import polars as pl
import psutil
import pytest
from metric_text import parsed
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
from sample_tables import PETS

from iris_dash.config.settings import Settings
from iris_dash.core import json_lines
from iris_dash.explorer import Explorer
from iris_dash.web.api import routes
from iris_dash.web.app import create_app
from iris_dash.web.observing.metrics import live_workers

CALLBACK = "/_dash-update-component"


METRICS = sys.modules[live_workers.__module__]
"""The module: in its package the name is a function's."""


@pytest.fixture(autouse=True)
def room_for_kinds(monkeypatch):
    """In this process the tests before have asked for more kinds of answers than a server is."""
    monkeypatch.setattr(METRICS, "MOST_LABELS", 100_000)


FORKED = """
import os
from iris_dash.web.observing.metrics import metrics
metrics().rows.inc(2)
child = os.fork()
metrics().rows.inc(3)
if not child:
    os._exit(0)
os.waitpid(child, 0)
print(os.getpid(), child)
"""


def test_a_process_that_is_forked_counts_for_itself(tmp_path):
    environment = os.environ | {METRICS.FOLDER: str(tmp_path)}
    command = [sys.executable, "-c", FORKED]
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    parent, child = map(int, said.stdout.split())
    served = {}
    for process in (parent, child):
        registry = CollectorRegistry()
        alone = tmp_path / str(process)
        alone.mkdir()
        (tmp_path / f"counter_{process}.db").rename(alone / f"counter_{process}.db")
        MultiProcessCollector(registry, str(alone))
        served[process] = registry.get_sample_value("iris_dash_rows_served_total")
    assert served == {parent: 5, child: 3}


def pets(**settings):
    said = Settings(**({"log": "none"} | settings))
    return create_app(pl.DataFrame(PETS), said).server.test_client()


def lines(capfd) -> list[dict]:
    """Return what was logged since the last time; every line is one JSON object."""
    return [json.loads(line) for line in capfd.readouterr().err.splitlines()]


def numbers(client) -> dict[tuple, float]:
    """Return what /metrics says as {(name, label values…): value}."""
    return parsed(client.get("/metrics").text)


def grown(before, after) -> dict[tuple, float]:
    """Return what has changed between two readings, times aside."""
    return {
        key: value - before.get(key, 0)
        for key, value in after.items()
        if value != before.get(key, 0) and not re.search("_bucket|_sum|_created|memory", key[0])
    }


# --- ids and timings


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/range/", 200),
        ("HEAD", "/range/", 200),
        ("POST", "/range/", 415),
        ("GET", "/range/?kind=cow", 422),
        ("GET", "/", 200),
        ("GET", "/_dash-layout", 200),
        ("GET", "/export.csv", 200),
        ("GET", "/nothing", 404),
        ("DELETE", "/range/", 405),
        ("GET", "/docs", 308),
        ("GET", "/healthz", 200),
    ],
)
def test_every_answer_has_an_id_of_its_own_and_says_how_long_it_took(method, path, status):
    client, ids = pets(), set()
    for _ in range(2):
        answer = client.open(path, method=method)
        assert answer.status_code == status
        assert re.fullmatch("[0-9a-f]{16}", answer.headers["X-Request-Id"])
        assert re.match(r"total;dur=\d+\.\d\d(, |$)", answer.headers["Server-Timing"])
        ids.add(answer.headers["X-Request-Id"])
        answer.close()
    assert len(ids) == 2


def test_an_answer_that_is_not_sent_again_and_one_that_failed_have_one_too(monkeypatch):
    client = pets()
    tag = client.get("/range/").headers["ETag"]
    unchanged = client.get("/range/", headers={"If-None-Match": tag})
    monkeypatch.setattr(Explorer, "record_pieces", None)
    failed = client.get("/range/?kind=cat")
    assert (unchanged.status_code, failed.status_code) == (304, 500)
    assert unchanged.headers["X-Request-Id"] != failed.headers["X-Request-Id"]


def test_who_is_not_let_in_has_one_too():
    token = {"reader": f"sha256:{sha256(b'open sesame').hexdigest()}"}
    answer = pets(tokens=token).get("/range/")
    assert answer.status_code == 401
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("proxies", "given", "kept"),
    [
        (1, "a", True),
        (2, "A-b_c.9" * 9, True),
        (1, "x" * 64, True),
        (1, "x" * 65, False),
        (1, "", False),
        (1, "a b", False),
        (1, 'a","status":200', False),
        (1, "é", False),
        (0, "a", False),
    ],
)
def test_a_trusted_proxy_names_the_request(proxies, given, kept):
    answer = pets(proxies=proxies).get("/range/", headers={"X-Request-Id": given})
    assert (answer.headers.getlist("X-Request-Id") == [given]) is kept


def spans(answer) -> dict[str, str]:
    parts = (part.partition(";") for part in answer.headers["Server-Timing"].split(", "))
    return {name: said for name, _, said in parts}


def test_it_says_where_the_time_went(monkeypatch):
    made, calls = routes._encoded_rows, []

    def slow(*given):
        calls.append(given)
        time.sleep(0.05)
        return made(*given)

    monkeypatch.setattr(routes, "_encoded_rows", slow)
    client = pets()
    first, again = spans(client.get("/range/?kind=cat")), spans(client.get("/range/?kind=cat"))
    assert list(first) == ["total", "cache", "json", "query"]
    assert first["cache"] == 'desc="miss"'
    query, total = (float(first[name].removeprefix("dur=")) for name in ("query", "total"))
    assert 50 <= query <= total
    assert list(again) == ["total", "cache"]
    assert again["cache"] == 'desc="hit memory"'
    assert len(calls) == 1


# --- log lines


def test_a_request_is_a_line(capfd):
    client = pets(log="json")
    answer = client.post("/range/", json={"kind": "cat", "page": 2, "per_page": 2})
    (line,) = lines(capfd)
    said = {name: line.pop(name) for name in ("time", "ms")}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", said["time"])
    assert 0 < said["ms"] < 60_000
    assert line == {
        "level": "info",
        "request_id": answer.headers["X-Request-Id"],
        "method": "POST",
        "route": "/range/",
        "query": "kind=cat&page=2&per_page=2",
        "rows": 1,
        "status": 200,
        "bytes": len(answer.data),
        "client": "127.0.0.1",
    }


@pytest.mark.parametrize(
    ("path", "route", "query", "rows", "status"),
    [
        ("/range/?kind=dog&kind=cat", "/range/", "kind=~present", 5, 200),
        ("/range/?page=9&per_page=5", "/range/", "page=9&per_page=5", 0, 200),
        ("/stats/mean?kind=dog", "/stats/mean", "kind=dog", None, 200),
        ("/range/?secret=1", "/range/", None, None, 422),
        ("/range/secret", None, None, None, 404),
        ("/docs/secret", "/docs/<path:name>", None, None, 404),
        ("/export.csv?kind=cat", "/export.csv", "kind=cat", 3, 200),
        ("/export/means.xlsx", "/export/means.xlsx", "", 3, 200),
    ],
)
def test_what_a_line_says_of_a_request(capfd, path, route, query, rows, status):
    answer = pets(log="json").get(path)
    length = len(answer.data)
    printed = capfd.readouterr().err
    (line,) = map(json.loads, printed.splitlines())
    assert [line[name] for name in ("route", "query", "rows", "status")] == [
        route,
        query,
        rows,
        status,
    ]
    assert (line["level"], line["bytes"]) == ("info", length)
    assert "secret" not in printed


def test_a_long_query_is_cut_in_its_line(capfd):
    table = pl.DataFrame({"x": [f"{n:04}" * 20 for n in range(50)] * 2})
    client = create_app(table, Settings(log="json")).server.test_client()
    client.post("/range/", json={"x": table["x"].to_list()[:25]})
    (line,) = lines(capfd)
    assert len(line["query"]) == 2_000
    assert line["rows"] == 50


def test_who_asked_is_in_the_line_and_no_secret(capfd):
    token = {"reader": f"sha256:{sha256(b'open-sesame').hexdigest()}"}
    client = pets(tokens=token, log="json")
    client.get("/stats/mean/", headers={"Authorization": "Bearer open-sesame"})
    client.get("/stats/mean/", headers={"Authorization": "Bearer closed-sesame"})
    printed = capfd.readouterr().err
    asked = [line for line in map(json.loads, printed.splitlines()) if "route" in line]
    assert [(line.get("who"), line["status"]) for line in asked] == [("reader", 200), (None, 401)]
    assert "sesame" not in printed


def test_health_is_a_line_only_where_it_is_bad(capfd):
    client = pets(log="json")
    client.get("/healthz")
    assert lines(capfd) == []
    client.post("/healthz")
    assert [line["status"] for line in lines(capfd)] == [405]


def test_a_failure_is_a_line_with_its_traceback_under_the_id_that_came_back(capfd, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("line one\nline two")

    monkeypatch.setattr(Explorer, "record_pieces", fail)
    answer = pets(log="json").get("/range/?kind=cat")
    error, line = lines(capfd)
    assert error["request_id"] == line["request_id"] == answer.headers["X-Request-Id"]
    assert error["level"] == line["level"] == "error"
    assert error["traceback"].startswith("Traceback (most recent call last):")
    assert error["traceback"].endswith("RuntimeError: line one\nline two")
    assert (line["status"], line["route"], line["query"]) == (500, "/range/", "kind=cat")
    assert "line one" not in answer.text


def test_a_warning_outside_of_a_request_is_a_line(capfd):
    pets(log="json")
    logging.getLogger("iris_dash.any").warning("%s is away", "it")
    (line,) = lines(capfd)
    del line["time"]
    assert line == {
        "level": "warning",
        "request_id": None,
        "logger": "iris_dash.any",
        "message": "it is away",
    }


@pytest.mark.parametrize(
    ("log", "terminal", "wanted"),
    [
        ("json", True, True),
        ("json", False, True),
        ("none", True, False),
        ("none", False, False),
        ("auto", True, False),
        ("auto", False, True),
    ],
)
def test_when_there_are_lines(monkeypatch, log, terminal, wanted):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    assert json_lines.wants_json(log) is wanted


def test_nobody_to_read_the_log_is_no_failure(monkeypatch):
    client = pets(log="json")

    class Gone:
        def write(self, text):
            raise BrokenPipeError

    for stderr in (Gone(), None):
        monkeypatch.setattr(sys, "stderr", stderr)
        assert client.get("/range/").status_code == 200


# --- files on their way


def test_a_file_is_timed_to_its_end(capfd, monkeypatch):
    client = pets(log="json")
    before = numbers(client)
    answer = client.post("/export.csv", json={"kind": "cat"})
    assert grown(before, numbers(client))[("iris_dash_exports_in_progress",)] == 1
    assert [line["route"] for line in lines(capfd)] == ["/metrics", "/metrics"]
    time.sleep(0.1)
    data = answer.data
    answer.close()
    (line,) = lines(capfd)
    assert line["ms"] >= 100
    assert (line["rows"], line["bytes"], line["route"]) == (3, len(data), "/export.csv")
    assert "cut" not in line
    after = grown(before, numbers(client))
    assert after[("iris_dash_requests_total", "/export.csv", "POST", "2xx")] == 1
    assert after[("iris_dash_rows_served_total",)] == 3
    assert ("iris_dash_exports_in_progress",) not in after


def test_a_file_that_nobody_takes_to_its_end_is_cut(capfd):
    table = pl.DataFrame({"n": range(200_000)})
    client = create_app(table, Settings(log="json")).server.test_client()
    before = numbers(client)
    answer = client.post("/export.csv", json={})
    next(iter(answer.response))
    answer.close()
    answer.close()
    line = lines(capfd)[-1]
    assert line["cut"] is True
    assert 0 < line["bytes"] < 1_000_000
    assert ("iris_dash_rows_served_total",) not in grown(before, numbers(client))


@pytest.mark.parametrize("path", ["/range/", "/export.csv"])
def test_what_is_asked_for_its_headers_alone_serves_no_rows(capfd, path):
    client = pets(log="json")
    before = numbers(client)
    client.head(path)
    line = lines(capfd)[-1]
    assert (line["method"], line["route"]) == ("HEAD", path)
    assert "cut" not in line
    after = grown(before, numbers(client))
    assert ("iris_dash_rows_served_total",) not in after
    assert after[("iris_dash_requests_total", path, "HEAD", "2xx")] == 1


def test_a_file_that_fails_on_its_way_is_an_error(capfd, monkeypatch):
    def pieces(*_):
        yield b"kind,tame\n"
        raise RuntimeError("the table is gone")

    made = Explorer.export

    def export(*given):
        from dataclasses import replace

        return replace(made(*given), pieces=pieces())

    monkeypatch.setattr(Explorer, "export", export)
    answer = pets(log="json").post("/export.csv", json={})
    with pytest.raises(RuntimeError):
        _ = answer.data
    answer.close()
    (line,) = lines(capfd)
    assert (line["level"], line["error"]) == ("error", "RuntimeError: the table is gone")
    assert line["cut"] is True


# --- metrics


def test_requests_are_counted_by_route_method_and_status():
    client = pets()
    before = numbers(client)
    for path in ("/range/", "/range/?kind=cat", "/range/?kind=cat", "/range/?kind=cow"):
        client.get(path)
    client.post(CALLBACK, json={})
    client.post("/stats/mean/", json={})
    after = grown(before, numbers(client))
    for name in ("iris_dash_requests_total", "iris_dash_request_seconds_count"):
        counts = {key[1:]: value for key, value in after.items() if key[0] == name}
        callback = counts.pop(next(key for key in counts if key[0] == CALLBACK))
        assert callback == 1
        assert counts == {
            ("/range/", "GET", "2xx"): 3,
            ("/range/", "GET", "4xx"): 1,
            ("/stats/mean/", "POST", "2xx"): 1,
            ("/metrics", "GET", "2xx"): 1,
        }
    assert after[("iris_dash_cache_total", "memory")] == 1
    assert after[("iris_dash_cache_total", "nowhere")] == 3
    assert after[("iris_dash_rows_served_total",)] == 6 + 3 + 3


def test_times_are_counted(monkeypatch):
    made = routes._encoded_rows

    def slow(*given):
        time.sleep(0.06)
        return made(*given)

    monkeypatch.setattr(routes, "_encoded_rows", slow)
    client = pets()
    labels = ("/range/", "GET", "2xx")
    before = numbers(client)
    client.get("/range/")
    after = numbers(client)

    def rise(name, *more):
        return after[(name, *labels, *more)] - before.get((name, *labels, *more), 0)

    assert rise("iris_dash_request_seconds_sum") >= 0.06
    assert rise("iris_dash_request_seconds_bucket", "0.05") == 0
    assert rise("iris_dash_request_seconds_bucket", "+Inf") == 1


def test_more_kinds_of_answers_than_are_counted_for_themselves_are_counted_together(monkeypatch):
    client = pets()
    client.get("/range/")
    monkeypatch.setattr(METRICS, "MOST_LABELS", len(METRICS.metrics().known))
    monkeypatch.setattr(METRICS, "METHODS", METRICS.METHODS | {"NEW"})
    before = numbers(client)
    client.get("/range/")
    client.open("/range/", method="NEW")
    after = grown(before, numbers(client))
    assert after[("iris_dash_requests_total", "/range/", "GET", "2xx")] == 1
    assert after[("iris_dash_requests_total", "other", "other", "4xx")] == 1


def test_strangers_do_not_make_more_numbers():
    client = pets()
    client.get("/nothing")
    client.open("/range/", method="BREW")
    before = numbers(client)
    for n in range(20):
        client.get(f"/nothing/{n}")
        client.get(f"/docs/{n}")
        client.get(f"/assets/{n}.js")
        client.open("/range/", method=f"BREW{n}")
    after = numbers(client)
    new = {key[1] for key in after.keys() - before.keys() if key[0] == "iris_dash_requests_total"}
    assert new <= {"/docs/<path:name>", "/assets/<path:filename>", "/metrics"}
    assert grown(before, after)[("iris_dash_requests_total", "none", "GET", "4xx")] == 20
    assert grown(before, after)[("iris_dash_requests_total", "none", "other", "4xx")] == 20


def test_what_is_served_is_told():
    app = create_app(pl.DataFrame(PETS), Settings(log="none"))
    client = app.server.test_client()
    fingerprint = client.get("/readyz").get_json()["fingerprint"]
    answer = client.get("/metrics")
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    told = parsed(answer.text)
    assert told[("iris_dash_table_rows",)] == 6
    assert told[("iris_dash_workers",)] == 1
    (info,) = [key for key in told if key[0] == "iris_dash_info"]
    assert fingerprint in info
    own = psutil.Process().memory_info().rss
    assert told[("iris_dash_resident_memory_bytes",)] == pytest.approx(own, rel=0.2)


def test_a_dead_workers_gauge_goes_and_its_counts_stay(tmp_path):
    dead = 2**22 - 1  # beyond what Linux gives
    for name in ("gauge_livesum", "counter"):
        (tmp_path / f"{name}_{dead}.db").touch()
        (tmp_path / f"{name}_{os.getpid()}.db").touch()
    assert live_workers(tmp_path) == [os.getpid()]
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {
        f"gauge_livesum_{os.getpid()}.db",
        f"counter_{os.getpid()}.db",
        f"counter_{dead}.db",
    }
