"""Plain processes and plain requests: what a deployer has at hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from typing import Any

from ports import free_port
from processes import OWN_KEYS, SERVE, START_SECONDS
from sample_tables import ROOT

PROGRAM = (sys.executable, "-m", "iris_dash")


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stays)


@dataclass(frozen=True)
class Answer:
    """An answer, whatever its status."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def ask(address: str, **headers: str) -> Answer:
    """Ask an address by GET; a redirect is not followed."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    request = urllib.request.Request(address, headers=named)
    try:
        with OPENER.open(request, timeout=START_SECONDS) as answer:
            return Answer(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read())


def run(
    command: Sequence[str] = SERVE, stdin: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command of the product to its end, where it is to end by itself."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(OWN_KEYS)}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=kept | {"PORT": str(free_port())} | environment,
        input=stdin.decode(),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )


def one_line(ended: subprocess.CompletedProcess[str]) -> str:
    """Return the one line with which a start has ended, its exit code 2."""
    assert ended.returncode == 2, (ended.returncode, ended.stdout, ended.stderr)
    assert ended.stderr.count("\n") == 1, ended.stderr
    return ended.stderr.strip()
