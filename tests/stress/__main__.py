"""`python -m stress soak|fuzz [--short]`: print the table; exit code 1 if a row fails."""

from __future__ import annotations

import argparse
import sys

from stress import fuzz, soak
from stress.rows import print_table


def main() -> int:
    """Measure the checks of one kind, or those whose name holds a word."""
    parser = argparse.ArgumentParser(prog="stress")
    parser.add_argument("kind", choices=("soak", "fuzz"))
    parser.add_argument("--short", action="store_true", help="the same with small counts")
    parser.add_argument("--only", default="", metavar="WORD", help="the rows that hold it")
    given = parser.parse_args()
    kinds = {"soak": soak.CHECKS, "fuzz": fuzz.CHECKS}
    checks = [
        check
        for check in kinds[given.kind]
        if given.only in check.test and not (given.short and check.short is None)
    ]
    return 0 if print_table(checks, given.short) else 1


if __name__ == "__main__":
    sys.exit(main())
