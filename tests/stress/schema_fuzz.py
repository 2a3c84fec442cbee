"""Schemathesis against running servers, and what it found read from its own report."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from stress.questions import Question, ask
from stress.targets import BEARER, Fleet

SOUND = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)
ALL_PHASES = "examples,coverage,fuzzing"
OPEN_TO_ALL = "/healthz"


@dataclass(frozen=True)
class Report:
    """How many requests got which status at which path, and what the checks found."""

    statuses: Counter[tuple[str, int]]
    failures: tuple[str, ...]

    @property
    def requests(self) -> int:
        """How many were sent."""
        return sum(self.statuses.values())


def answers_as_documented(
    fleets: Sequence[Fleet],
    examples: int = 10,
    phases: str = ALL_PHASES,
    least: int = 5_000,
    token: bool = False,
) -> tuple[str, bool]:
    """Ask what the document allows and what it does not, of each table."""
    headers = BEARER if token else {}
    found = [run_schemathesis(fleet.url, examples, phases, headers) for fleet in fleets]
    logged = sum(fleet.replicas[0].printed().count("Traceback") for fleet in fleets)
    requests = sum(report.requests for report in found)
    failures = [failure for report in found for failure in report.failures]
    let_in = sum(n for r in found for (_, status), n in r.statuses.items() if status == 200)
    measured = f"{requests:,} requests, {len(failures)} failures, {logged} tracebacks in the logs"
    if failures:
        measured += f" ({'; '.join(failures[:3])})"
    return measured, requests >= least and let_in > 0 and not failures and not logged


def lets_nobody_in(
    fleet: Fleet, examples: int = 20, phases: str = ALL_PHASES, least: int = 5_000
) -> tuple[str, bool]:
    """Ask the same without credentials."""
    report = run_schemathesis(fleet.url, examples, phases, {}, BEARER)
    answered = {
        f"{path} {status}": count
        for (path, status), count in report.statuses.items()
        if status != 401 and not path.startswith(OPEN_TO_ALL)
    }
    refused = report.requests - sum(answered.values())
    measured = f"{report.requests:,} requests, {sum(answered.values())} answered otherwise"
    if answered:
        measured += f" ({', '.join(f'{count} × {what}' for what, count in answered.items())[:300]})"
    return measured, report.requests >= least and refused > 0 and not answered


def run_schemathesis(
    url: str,
    examples: int,
    phases: str,
    headers: dict[str, str],
    to_read: dict[str, str] | None = None,
) -> Report:
    """Run it on what a server says of itself, always with the same requests.

    `headers` go with every request; `to_read` with the one for the document.
    """
    document = ask(url, Question("openapi", "/openapi.json"), to_read or headers)
    assert document.status == 200, document
    with tempfile.TemporaryDirectory(prefix="schemathesis") as folder:
        (Path(folder) / "openapi.json").write_bytes(document.body)
        run = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", "run", "openapi.json", "--url", url),
                *("--phases", phases, "--max-examples", str(examples), "--checks", SOUND),
                *("--generation-deterministic", "--continue-on-failure", "--no-color"),
                *("--no-shrink", "--request-timeout", "10", "--suppress-health-check", "all"),
                *("--generation-with-security-parameters", "false"),
                *("--report", "ndjson", "--report-ndjson-path", "report"),
                *(word for name, text in headers.items() for word in ("-H", f"{name}: {text}")),
            ],
            cwd=folder,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            check=False,
        )
        # 0: nothing found, 1: something found; else it did not run.
        assert run.returncode in (0, 1), run.stdout + run.stderr
        return _read_report(Path(folder) / "report", url)


def _read_report(path: Path, url: str) -> Report:
    statuses: Counter[tuple[str, int]] = Counter()
    failures = []
    for line in path.read_text().splitlines():
        event = json.loads(line)
        for error in _errors(event):
            failures.append(error[:200])
        recorder = event.get("ScenarioFinished", {}).get("recorder", {})
        for name, interaction in recorder.get("interactions", {}).items():
            request, response = interaction["request"], interaction["response"]
            status = response["status_code"] if response else 0
            asked = request["uri"].removeprefix(url)
            statuses[urlsplit(asked).path, status] += 1
            what = f"{request['method']} {asked[:120]}"
            if status == 0:
                failures.append(f"{what}: no answer")
            for check in recorder["checks"].get(name, []):
                if check["status"] == "failure":
                    failures.append(f"{what}: {status} {check['name']}")
    return Report(statuses, tuple(failures))


def _errors(event: dict[str, dict[str, object]]) -> list[str]:
    return [json.dumps(event[kind]) for kind in ("NonFatalError", "FatalError") if kind in event]
