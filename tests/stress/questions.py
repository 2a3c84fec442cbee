"""What ordinary users ask: one question of each kind that a server answers alike every time."""

from __future__ import annotations

import http.client
import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

JSON = {"Content-Type": "application/json"}
TIMEOUT = 10
"""Seconds after which a question counts as one that got no answer."""

NOBODY = 0
"""The status of a question that got no whole answer."""


@dataclass(frozen=True)
class Question:
    """One request: a GET, or a POST of JSON where there is a body."""

    kind: str
    path: str
    body: bytes | None = None

    @property
    def method(self) -> str:
        """GET or POST."""
        return "GET" if self.body is None else "POST"


@dataclass(frozen=True)
class Reply:
    """What came back: the whole body, or NOBODY with the reason why not."""

    status: int
    body: bytes
    headers: dict[str, str]


class Client:
    """One connection that is kept, and opened anew after it broke."""

    def __init__(
        self, url: str, headers: dict[str, str] | None = None, timeout: float = TIMEOUT
    ) -> None:
        self.host = urlsplit(url).netloc
        self.timeout = timeout
        self.headers = headers or {}
        self.connection: http.client.HTTPConnection | None = None

    def ask(self, question: Question) -> Reply:
        """Ask once, never again by itself."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self.host, timeout=self.timeout)
        headers = self.headers | ({} if question.body is None else JSON)
        try:
            self.connection.request(question.method, question.path, question.body, headers)
            answer = self.connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return Reply(NOBODY, repr(error).encode(), {})
        return Reply(answer.status, body, {k.lower(): v for k, v in answer.getheaders()})

    def close(self) -> None:
        """Close the connection."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def ask(url: str, question: Question, headers: dict[str, str] | None = None) -> Reply:
    """Ask one question over a connection of its own."""
    client = Client(url, headers)
    try:
        return client.ask(question)
    finally:
        client.close()


def flower_questions(url: str) -> list[Question]:
    """Return questions of every kind about the flowers, each with one right answer."""
    lows = [f"{4 + step / 10:.1f}" for step in range(5, 35)]
    ranges = [Question("rows", f"/range/?sepal_length={low}..&sort=-petal_width") for low in lows]
    ranges += [
        Question("rows", "/range/", json.dumps({"lower": {"sepal_width": 2 + n / 10}}).encode())
        for n in range(20)
    ]
    return [
        *ranges,
        *(Question("means", f"/stats/mean/?petal_length={low}..") for low in lows),
        *(Question("summary", f"/stats/summary/?petal_width=..{n / 10}") for n in range(2, 20)),
        *(Question("diagnosis", f"/diagnose/?species=setosa&sepal_length={n}..") for n in lows),
        Question("file", "/export.csv?sort=sepal_length"),
        Question("file", "/export.ndjson?species=virginica"),
        Question("file", "/export/means.json"),
        *callback_questions(url, [[4.5 + n / 10, 7.9] for n in range(10)]),
    ]


def page_questions(url: str, headers: dict[str, str] | None = None) -> list[Question]:
    """Return what a browser asks to open the page: itself, its scripts and styles, its layout."""
    page = ask(url, Question("page", "/"), headers).body.decode()
    files = re.findall(r'(?:src|href)="(?:\./)?((?:assets|_dash-component-suites)/[^"]+)"', page)
    assert len(files) > 5, page[:500]
    return [
        Question("page", "/"),
        Question("page", "/_dash-layout?search=%3Fspecies%3Dsetosa&theme=light&narrow=false"),
        Question("page", "/_dash-dependencies"),
        *(Question("asset", f"/{name}") for name in files),
    ]


def callback_questions(
    url: str, sepal_lengths: list[list[float]], headers: dict[str, str] | None = None
) -> list[Question]:
    """Return what the dashboard posts as the sepal length's slider is moved."""
    answered = payloads(url, headers)["answered"]
    questions = []
    for ends in sepal_lengths:
        state = asked({"sepal_length": ends})
        body = answered | {"inputs": [{"id": "asked", "property": "data", "value": state}]}
        questions.append(Question("callback", CALLBACK, json.dumps(body).encode()))
    return questions


CALLBACK = "/_dash-update-component"
CALLBACKS = ("notices", "copy-panel", "answered")
"""An output of each callback that a server answers; the first that one has is its own."""


def payloads(url: str, headers: dict[str, str] | None = None) -> dict[str, dict[str, Any]]:
    """Return what the page posts to each of its callbacks that a server answers."""
    reply = ask(url, Question("page", "/_dash-dependencies"), headers)
    bodies = {}
    for spec in json.loads(reply.body):
        if spec["clientside_function"]:
            continue
        outputs = [_output(part) for part in spec["output"].strip(".").split("...")]
        found = {"output": spec["output"], "outputs": outputs}
        found["inputs"] = [{**item, "value": _value(item["id"])} for item in spec["inputs"]]
        found["state"] = [{**item, "value": _value(item["id"])} for item in spec["state"]]
        first = spec["inputs"][0]
        found["changedPropIds"] = [f"{first['id']}.{first['property']}"]
        bodies[next(name for name in CALLBACKS if name in spec["output"])] = found
    return bodies


def _output(part: str) -> Any:
    component, prop = part.rsplit(".", 1)
    named = json.loads(component) if component.startswith("{") else component
    if isinstance(named, dict) and named.get("column") == ["ALL"]:
        state = asked()
        columns = {"facet": state["facets"], "choice": state["choices"]}
        names = list(columns.get(named["role"], state["ranges"]))
        return [{"id": named | {"column": name}, "property": prop} for name in names]
    if isinstance(named, dict):
        return [] if ["ALL"] in named.values() else {"id": named, "property": prop}
    return {"id": named, "property": prop}


def _value(component: str) -> Any:
    values = {
        "asked": asked(),
        "address": {"search": "?species=setosa&sepal_length=5.0..5.1", "theme": "dark", "open": []},
        "answered": {"rows": "species=setosa"},
    }
    return values.get(component, 1)


def asked(ranges: dict[str, list[float]] | None = None) -> dict[str, Any]:
    """Return the state of the page's controls."""
    names = ("sepal_length", "sepal_width", "petal_length", "petal_width")
    return {
        "facets": {"species": ["setosa", "versicolor", "virginica"]},
        "ranges": {name: [0.0, 99.0] for name in names} | (ranges or {}),
        "sort": [{"column_id": "sepal_length", "direction": "asc"}],
        "page": 0,
        "per_page": 10,
        "axes": ["petal_length", "petal_width"],
        "choices": {"_view": "overview", "_distribution": "histogram", "_correlation": "all"},
        "theme": "light",
        "open": [],
        "n": 1,
    }
