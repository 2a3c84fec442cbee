"""Tables that nobody draws well, each served at a port of its own by one process.

`python bad_tables.py` prints a line per table, its name and its address, and serves until it ends.
"""

from __future__ import annotations

import math
import threading
from datetime import date, datetime

import polars as pl
from werkzeug.serving import make_server

from iris_dash.config.settings import Settings
from iris_dash.web.app import create_app

NAMES = ["The quick brown fox jumps over the lazy dog and " * 6 + f"ends at {i}" for i in range(4)]

TABLES = {
    "texts alone": {
        "note": [f"word {i} of many" for i in range(60)],
        "other": [f"{i * 7919 % 997} thing" for i in range(60)],
    },
    "one row": {"k": ["a"], "x": [1.5], "y": [2], "d": [date(2020, 1, 1)]},
    "all missing": {
        "x": pl.Series([None] * 20, dtype=pl.Float64),
        "k": pl.Series([None] * 20, dtype=pl.String),
        "d": pl.Series([None] * 20, dtype=pl.Date),
    },
    "one value": {
        "k": ["same"] * 50,
        "x": [float(i * i % 37) for i in range(50)],
        "c": [3.0] * 50,
    },
    "infinities": {
        "x": [math.inf, -math.inf, math.nan, None, *map(float, range(40))],
        "y": [math.inf] * 22 + [1.0] * 22,
        "z": [math.inf] * 44,
        "k": ["a", "b"] * 22,
    },
    "long labels": {
        "k": [NAMES[i % 4] for i in range(80)],
        "x" * 300: [i / 7 for i in range(80)],
        "y" * 300: [(i * 31 % 17) / 3 for i in range(80)],
        "when " * 60: [datetime(2020, 1, 1 + i % 28, i % 24) for i in range(80)],
    },
    "one instant": {
        "t": [datetime(2021, 5, 5, 12)] * 30,
        "x": [i / 3 for i in range(30)],
        "k": ["u", "v", "w"] * 10,
    },
}


def main() -> None:
    """Serve every table until the process ends."""
    for name, columns in TABLES.items():
        app = create_app(pl.DataFrame(columns), Settings())
        server = make_server("127.0.0.1", 0, app.server, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(f"{name}\thttp://127.0.0.1:{server.server_port}", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
