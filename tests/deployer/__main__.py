"""`python -m deployer [--only WORD]`: print what each check saw; exit code 1 if one fails."""

from __future__ import annotations

import argparse
import sys
import time
import traceback

import pytest

from deployer import authentication, installing, proxies, running, settings, starting

CHECKS = (
    *installing.CHECKS,
    *settings.CHECKS,
    *starting.CHECKS,
    *authentication.CHECKS,
    *proxies.CHECKS,
    *running.CHECKS,
)
"""Each is a function: its docstring says what holds, its answer what it saw."""


def main() -> int:
    """Run the checks, or those whose title holds a word."""
    parser = argparse.ArgumentParser(prog="deployer")
    parser.add_argument("--only", default="", metavar="WORD", help="the checks that hold it")
    only = parser.parse_args().only
    failed = 0
    for check in CHECKS:
        title = (check.__doc__ or "").strip()
        if only not in title:
            continue
        begun = time.monotonic()
        try:
            mark, saw = "holds ", check()
        except pytest.skip.Exception as skipped:
            mark, saw = "cannot", str(skipped)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            mark, saw = "FAILED", f"{error!r} in line {where.lineno} of {where.filename}"
            failed += 1
        print(f"{mark}  {title}\n        {saw} ({time.monotonic() - begun:.1f} s)", flush=True)
    print(f"{failed} failed" if failed else "all hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
