"""What the environment may say, and what is said of what it may not."""

from __future__ import annotations

import subprocess

from sample_tables import ROOT

from deployer.plain import PROGRAM, one_line, run

REFUSED = (
    {"IRIS_DASH_LOGIN": "ann:x"},
    {"PORT": "http"},
    {"WEB_CONCURRENCY": "0"},
    {"IRIS_DASH_RATE": "often"},
    {"IRIS_DASH_PROXY_HEADERS": "all"},
    {"IRIS_DASH_LOGINS": "ann:secret"},
    {"REDIS_URL": "redis://127.0.0.1:6379/0"},
    {"IRIS_DASH_OIDC_ISSUER": "https://id.example.org"},
    {"IRIS_DASH_DATA": "/none/pots.csv"},
    {"IRIS_DASH_DATA": "nothing://host/db/table"},
)


def a_setting_that_cannot_be_ends_the_start() -> str:
    """A setting that cannot be ends the start with one line and exit code 2."""
    lines = [one_line(run(**said)) for said in REFUSED]
    for said, line in zip(REFUSED, lines, strict=True):
        [(name, _)] = said.items()
        assert name in line
        assert "secret" not in line
    return f"{len(lines)} of {len(lines)}; such as: {lines[0]}; {lines[6]}"


def settings_are_printed() -> str:
    """`iris-dash settings` prints what is set, no secret, and may be read by `head`."""
    said = run([*PROGRAM, "settings"], IRIS_DASH_SECRET_KEY="k" * 20, HOST="0.0.0.0")
    assert said.returncode == 0, said.stderr
    assert "kkk" not in said.stdout
    command = " ".join(PROGRAM)
    cut = subprocess.run(
        ["sh", "-c", f"{command} settings | head -n 1"], cwd=ROOT, capture_output=True, text=True
    )
    assert cut.stdout.count("\n") == 1
    assert cut.stderr == "", cut.stderr
    return f"{said.stdout.count(chr(10))} lines; by `head` one, and nothing on standard error"


def the_database_rules() -> str:
    """Where DATABASE_URL rules, `iris-dash settings` says so, without its password."""
    said = run([*PROGRAM, "settings"], DATABASE_URL="postgres://ann:hush@127.0.0.1:1/garden")
    assert "hush" not in said.stdout
    rows = dict(line.split(maxsplit=1) for line in said.stdout.splitlines())
    assert "iris.csv" not in rows["IRIS_DASH_DATA"], rows["IRIS_DASH_DATA"]
    return f"IRIS_DASH_DATA {rows['IRIS_DASH_DATA']}; DATABASE_URL {rows['DATABASE_URL']}"


def a_missing_engine_says_what_to_install() -> str:
    """An engine whose packages are missing is one line that names an extra of the source."""
    line = one_line(
        run([PROGRAM[0], "-c", WITHOUT_IBIS], DATABASE_URL="clickhouse://127.0.0.1/db/t")
    )
    assert "pip install '.[clickhouse]'" in line
    return line


WITHOUT_IBIS = """
import sys
sys.modules["ibis"] = None
from iris_dash.commands.cli import main
sys.exit(main(["serve"]))
"""

CHECKS = (
    a_setting_that_cannot_be_ends_the_start,
    settings_are_printed,
    the_database_rules,
    a_missing_engine_says_what_to_install,
)
