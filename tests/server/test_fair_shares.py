"""Of what a worker has few, no client takes all, and who has least is next."""

from __future__ import annotations

from threading import Event, Thread

from waiting import PATIENCE, wait_for

from iris_dash.server import fair_shares
from iris_dash.server.fair_shares import FairPlaces, FairShare


def test_one_client_takes_half_and_all_clients_no_more_than_there_is():
    share = FairShare(4)
    assert [share.take("a") for _ in range(3)] == [True, True, False]
    assert [share.take(client) for client in "bcd"] == [True, True, False]
    share.give("a")
    assert [share.take("d"), share.take("a")] == [True, False]


def test_of_one_alone_a_client_takes_it():
    share = FairShare(1)
    assert share.take("a")
    share.give("a")
    assert share.take("b")


class Visits:
    """Clients that hold a place until they are sent home, each in a thread of its own."""

    def __init__(self, places: int) -> None:
        self.places = FairPlaces(places)
        self.inside: list[str] = []
        self._homes: dict[str, Event] = {}
        self._threads: list[Thread] = []

    def come(self, name: str) -> None:
        """Let one come, whose first letter is the client, and return when it holds or waits."""
        home = self._homes[name] = Event()

        def visit() -> None:
            with self.places.held(name[0]):
                self.inside.append(name)
                assert home.wait(PATIENCE)

        before = len(self.inside) + len(self.places._waiting)
        thread = Thread(target=visit)
        self._threads.append(thread)
        thread.start()
        wait_for(lambda: len(self.inside) + len(self.places._waiting) > before)

    def leave(self, name: str, then: int) -> None:
        """Send one home, and return when so many have ever been inside."""
        self._homes[name].set()
        wait_for(lambda: len(self.inside) == then)

    def end(self) -> None:
        for home in self._homes.values():
            home.set()
        for thread in self._threads:
            thread.join()


def test_no_more_are_answered_than_there_are_places_and_the_first_is_next():
    visits = Visits(3)
    for name in ("a0", "a1", "a2", "a3", "a4"):
        visits.come(name)
    assert visits.inside == ["a0", "a1"]
    visits.leave("a1", 3)
    visits.leave("a0", 4)
    assert visits.inside == ["a0", "a1", "a2", "a3"]
    visits.end()
    assert visits.places._free == 3


def test_a_client_that_asks_much_leaves_a_place_for_others():
    visits = Visits(3)
    for name in ("a0", "a1", "a2", "b0"):
        visits.come(name)
    assert visits.inside == ["a0", "a1", "b0"]
    visits.end()


def test_of_an_odd_number_one_has_the_middle_too_while_no_other_asks(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(fair_shares, "monotonic", lambda: now[0])
    visits = Visits(5)
    for name in ("b0", "a0", "a1", "a2", "a3", "a4", "a5"):
        visits.come(name)
    assert visits.inside == ["b0", "a0", "a1"]
    visits.leave("a0", 4)
    assert visits.inside[3:] == ["a2"]
    now[0] += fair_shares.LATELY_SECONDS
    visits.leave("b0", 5)
    assert visits.inside[4:] == ["a3"]
    visits.come("a6")
    assert len(visits.inside) == 5
    visits.end()
    assert len(visits.inside) == 8
    assert visits.places._free == 5


def test_who_holds_fewest_is_next_however_long_others_wait():
    visits = Visits(3)
    for name in ("a0", "a1", "b0", "a2", "a3", "b1", "c0"):
        visits.come(name)
    visits.leave("a0", 4)
    assert visits.inside[3:] == ["c0"]
    visits.leave("b0", 5)
    assert visits.inside[4:] == ["b1"]
    visits.end()
    assert sorted(visits.inside[5:]) == ["a2", "a3"]
