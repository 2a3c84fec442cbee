"""What is made ahead: in order, one step further than it is used, and no more."""

from threading import Event

import pytest

from iris_dash.core.side_by_side import one_ahead


def test_the_next_is_made_while_one_is_used():
    made = [Event() for _ in range(4)]

    def make(number: int) -> int:
        made[number].set()
        return number * 10

    found = one_ahead(make, range(4))
    assert next(found) == 0
    assert made[1].wait(30)
    assert not made[2].is_set()
    assert list(found) == [10, 20, 30]


def test_what_fails_does_so_in_its_place_and_nothing_is_none():
    found = one_ahead(lambda number: 6 // number, [3, 2, 0, 1])
    assert [next(found), next(found)] == [2, 3]
    with pytest.raises(ZeroDivisionError):
        next(found)
    assert list(one_ahead(str, [])) == []


def test_nothing_is_made_after_it_is_closed():
    made = []
    found = one_ahead(made.append, range(5))
    next(found)
    found.close()
    assert made == [0, 1]
