"""Answers that are too long to be kept as they are."""

from random import Random

import pytest

from iris_dash import Explorer
from iris_dash.explorer import shortened
from iris_dash.web.cache import RecentCache

REPEATED = b'{"n":1}' * 100_000
RANDOM = Random(7).randbytes(300_000)


@pytest.mark.parametrize("answer", [REPEATED, (7, REPEATED)], ids=["bytes", "rows"])
def test_a_long_answer_is_kept_short_and_given_as_it_was(answer):
    kept = shortened.shortened(answer)
    body = kept if isinstance(kept, bytes) else kept[1]
    assert len(body) < len(REPEATED) / 50
    assert shortened.made_long(kept) == answer


@pytest.mark.parametrize("answer", [RANDOM, (7, RANDOM)], ids=["bytes", "rows"])
def test_what_stays_long_is_not_kept(answer):
    assert shortened.shortened(answer) is None


def test_of_what_is_far_too_long_nothing_is_tried(monkeypatch):
    monkeypatch.setattr(shortened, "MOST_MADE_SHORT", len(REPEATED) - 1)
    assert shortened.shortened(REPEATED) is None


def test_an_explorer_gives_a_long_answer_again():
    explorer, made = Explorer.open("data/iris.csv"), []

    def make():
        made.append(1)
        return 7, REPEATED

    explorer.cache = RecentCache()
    first, again = (explorer.cached("page", "long", make) for _ in range(2))
    assert first == again == (7, REPEATED)
    assert len(made) == 1
