"""People whom a provider signs in: another site, kept cookies, forged answers in Redis."""

from __future__ import annotations

from collections import Counter
from urllib.parse import urlsplit

from logins import HTML

from iris_dash.web.cache import Frame
from stress.questions import Question, Reply, ask
from stress.targets import Fleet

ROWS = Question("rows", "/range/?species=setosa")
ASKED_AGAIN = 8
"""How often each replica is asked, so that each of its workers very probably is."""


def images_of_another_site(fleet: Fleet, images: int = 1_000) -> tuple[str, bool]:
    """Ask for the callback as a browser does for another site's images: without its cookie."""
    url = fleet.replicas[0].url
    statuses: Counter[int] = Counter()
    for number in range(images):
        image = Question("image", f"/login/callback?code=x&state=made{number}up")
        statuses[ask(url, image).status] += 1
    cookie = _sign_in(url)
    after = ask(url, ROWS, {"Cookie": cookie}).status
    measured = f"{images:,} × {', '.join(map(str, statuses))}; then one signs in: {after}"
    return measured, set(statuses) == {403} and after == 200


def kept_cookies(fleet: Fleet, logins: int = 100) -> tuple[str, bool]:
    """Sign in and out, and ask with copies of the cookies at every replica."""
    first, *_ = replicas = [replica.url for replica in fleet.replicas]
    cookies = [_sign_in(first) for _ in range(logins)]
    before = Counter(ask(url, ROWS, {"Cookie": c}).status for c in cookies for url in replicas)
    for cookie in cookies:
        assert ask(first, Question("logout", "/logout"), {"Cookie": cookie}).status == 200
    after = Counter(
        ask(url, ROWS, {"Cookie": cookie}).status
        for cookie in cookies
        for url in replicas
        for _ in range(ASKED_AGAIN)
    )
    measured = f"before {_counted(before)}; after {_counted(after)}"
    return measured, set(before) == {200} and set(after) == {401}


def forged_in_redis(fleet: Fleet, answers: int = 200) -> tuple[str, bool]:
    """Put other answers in the place of those in Redis; ask a replica that does not know them."""
    first, second = (replica.url for replica in fleet.replicas)
    assert fleet.redis is not None
    headers = {"Cookie": _sign_in(first)}
    questions = [
        Question("rows", f"/range/?page=1&per_page={n + 1}&sort=petal_width")
        for n in range(answers)
    ]
    right = [ask(first, question, headers).body for question in questions]
    forgers = (Frame(b""), Frame(b"another key"))
    with fleet.redis.client() as redis:
        names = [name for name in redis.keys("iris_dash:*") if redis.type(name) == b"string"]
        for number, name in enumerate(names):
            forged = forgers[number % 2].write(name.decode(), (1, b'[{"label":"forged"}]'))
            redis.set(name, forged)
    wrong = sum(
        ask(second, question, headers).body != body
        for question, body in zip(questions, right, strict=True)
    )
    measured = f"{len(names):,} forged, {wrong} of {answers:,} answers other than before"
    return measured, wrong == 0 and len(names) >= answers


def _sign_in(url: str) -> str:
    """Return the cookie of somebody who has signed in at a server."""
    begun = ask(url, Question("begin", "/"), HTML)
    parts = urlsplit(begun.headers["location"])
    sent = ask(f"http://{parts.netloc}", Question("provider", f"{parts.path}?{parts.query}"))
    back = urlsplit(sent.headers["location"])
    ended = ask(url, Question("back", f"{back.path}?{back.query}"), {"Cookie": _pair(begun)} | HTML)
    return _pair(ended)


def _pair(reply: Reply) -> str:
    """Return the last cookie that a reply sets, as a browser sends it."""
    return reply.headers["set-cookie"].partition(";")[0]


def _counted(statuses: Counter[int]) -> str:
    return ", ".join(f"{count:,} × {status}" for status, count in sorted(statuses.items()))
