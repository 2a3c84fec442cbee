"""Whether a process lives, whoever's it is."""

from __future__ import annotations

import os
import subprocess
import sys

from iris_dash.core.processes import is_alive


def test_a_process_is_alive_until_it_has_been_waited_for():
    child = subprocess.Popen([sys.executable, "-c", ""])
    assert is_alive(child.pid)
    child.wait()
    assert not is_alive(child.pid)


def test_another_users_process_is_alive(monkeypatch):
    def kill(process, number):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "kill", kill)
    assert is_alive(1)
