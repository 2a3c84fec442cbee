"""Values that several views ask for are made once while they are in use."""

from __future__ import annotations

import pytest

from iris_dash.analysis.recent import Recent
from iris_dash.core.deadline import within
from iris_dash.core.errors import QueryTooLong


def test_the_values_used_last_are_kept():
    recent, made = Recent(2), []

    def make(key):
        made.append(key)
        return key.upper()

    found = [recent.get_or_make(key, lambda key=key: make(key)) for key in "abacab"]
    assert found == list("ABACAB")
    # `c` drove out `b`, since `a` was used after it; then `b` drove out `c`.
    assert made == ["a", "b", "c", "b"]


def test_nothing_is_kept_of_what_could_not_be_made_in_time():
    recent = Recent(2)
    with within(0), pytest.raises(QueryTooLong):
        recent.get_or_make("a", lambda: 1)
    assert recent.get_or_make("a", lambda: 2) == 2
