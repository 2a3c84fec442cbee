"""Where there is no room for temporary files, that is one line that names their folder."""

from __future__ import annotations

import tempfile
from collections import namedtuple

import pytest
from full_disk import small_files

from iris_dash.core import temporary
from iris_dash.core.errors import NoRoom
from iris_dash.core.temporary import no_room, room_for, temporary_folder

Usage = namedtuple("Usage", "total used free")


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(temporary.shutil, "disk_usage", lambda path: Usage(9, 0, 1_250_000))
    return tmp_path


def test_a_folder_that_gets_full_is_named_and_gone(place):
    with (
        pytest.raises(NoRoom) as caught,
        small_files(1_000),
        temporary_folder("the pots", 2_000_000) as folder,
    ):
        (folder / "pots").write_bytes(bytes(2_000))
    said = f"{place} has no room for the pots: 2.0 MB are needed, 1.2 MB are free"
    assert str(caught.value) == said
    assert list(place.iterdir()) == []


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        OSError(122, "Disk quota exceeded"),
        RuntimeError("a library: No space left on device (os error 28)"),
        ValueError("[Errno 27] File too large"),
    ],
)
def test_however_it_is_said_it_is_no_room(place, error):
    said = f"^{place} has no room for the pots: 1.2 MB are free$"
    with pytest.raises(NoRoom, match=said), room_for("the pots"):
        raise error


@pytest.mark.parametrize(
    "error", [OSError(5, "Input/output error"), KeyError("28"), ValueError(28)]
)
def test_another_error_is_that_error(error):
    with pytest.raises(type(error)), room_for("the pots"):
        raise error


def test_of_a_runs_own_folder_the_one_around_it_is_named(place):
    inside = place / "iris_dash-abc" / "temporary" / "iris_dash-def"
    assert str(no_room(inside, "the pots")).startswith(f"{place} has no room")
