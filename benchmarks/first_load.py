"""The page in a browser: bytes over the wire and the first chart, beside a plain Dash page."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5


def main(plain: list[str]) -> None:
    """Measure alternating rounds, each in a new browser, and print; `plain` serves that page."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from page_loads import PageLoad, page_loads
    from processes import running

    loads: dict[str, list[list[PageLoad]]] = {"plain": [], "ours": []}
    with running() as ours, running(plain) as theirs:
        for _ in range(ROUNDS):
            loads["plain"].append(page_loads(f"{theirs.url}/"))
            loads["ours"].append(page_loads(f"{ours.url}/"))
    print("\n| a page in Chromium, 150 rows | plain Dash page | this dashboard | ratio |")
    print("|---|---|---|---|")
    for number, what in enumerate(("first load", "second load")):
        sizes = [statistics.median(two[number].size for two in loads[key]) for key in loads]
        print(f"| {what} | {sizes[0] / 1e3:,.0f} kB | {sizes[1] / 1e3:,.0f} kB |", end=" ")
        print(f"{sizes[1] / sizes[0]:.3f} |")
        drawn = [statistics.median(two[number].first_chart for two in loads[key]) for key in loads]
        print(f"| first chart of it | {drawn[0]:,.0f} ms | {drawn[1]:,.0f} ms |", end=" ")
        print(f"{drawn[1] / drawn[0]:.2f} |")
