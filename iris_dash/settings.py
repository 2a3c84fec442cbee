"""The environment as frozen settings; the environment is passed in, so tests pass a dict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from iris_dash.engines import engine_address
from iris_dash.errors import SettingsError
from iris_dash.table_settings import TableOptions, TableSettings, read_table_settings

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_DATA = str(ROOT / "data" / "iris.csv")


@dataclass(frozen=True)
class Settings:
    """How the product runs; every field has an environment variable, listed in the README."""

    data: str = field(default=DEFAULT_DATA, repr=False)  # may hold a password
    described_by: str | None = None
    host: str = "127.0.0.1"
    port: int = 8050
    workers: int = 1
    max_body: int = 1_000_000
    options: TableOptions = field(default_factory=TableOptions)

    @property
    def table_settings(self) -> TableSettings | None:
        """What the file of settings says of the table; None: the one beside the data, if any.

        Errors: DatasetError if it cannot be read.
        """
        return read_table_settings(Path(self.described_by)) if self.described_by else None


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings that an environment names; unset or empty means the default.

    Errors: SettingsError naming the key, its value and what is allowed.

    >>> read_settings({"PORT": "9000"}).port
    9000
    """
    defaults = Settings()
    return Settings(
        data=_data(environment) or defaults.data,
        described_by=environment.get("IRIS_DASH_SETTINGS") or None,
        options=TableOptions(
            facets=_names(environment, "IRIS_DASH_FACETS"),
            measures=_names(environment, "IRIS_DASH_MEASURES"),
            labels=_labels(environment, "IRIS_DASH_LABELS"),
            title=environment.get("IRIS_DASH_TITLE") or None,
            rows=environment.get("IRIS_DASH_ROWS") or None,
        ),
        host=environment.get("HOST") or defaults.host,
        port=_whole(environment, "PORT", defaults.port, 0, 65_535),
        workers=_whole(environment, "WEB_CONCURRENCY", defaults.workers, 1, 256),
        max_body=_whole(environment, "IRIS_DASH_MAX_BODY", defaults.max_body, 1_000, 100_000_000),
    )


def _data(environment: Mapping[str, str]) -> str | None:
    """Return what IRIS_DASH_DATA names, else the table in the database of DATABASE_URL."""
    database = environment.get("DATABASE_URL")
    if environment.get("IRIS_DASH_DATA") or not database:
        return environment.get("IRIS_DASH_DATA") or None
    if engine_address(database) is None:
        raise SettingsError("DATABASE_URL: expected the address of a database: postgres://host/db")
    where, mark, more = database.partition("?")
    table = environment.get("IRIS_DASH_TABLE")
    return f"{where.rstrip('/')}/{quote(table)}{mark}{more}" if table else database


def options_environment(options: TableOptions) -> dict[str, str]:
    """Return the variables that say these options; `read_settings` reads them back.

    >>> options_environment(TableOptions(facets=("a,b", "c"), title="Pots"))
    {'IRIS_DASH_FACETS': '["a,b", "c"]', 'IRIS_DASH_TITLE': 'Pots'}
    """
    said: dict[str, str | None] = {
        "IRIS_DASH_FACETS": None if options.facets is None else json.dumps(options.facets),
        "IRIS_DASH_MEASURES": None if options.measures is None else json.dumps(options.measures),
        "IRIS_DASH_LABELS": json.dumps(dict(options.labels)) if options.labels else None,
        "IRIS_DASH_TITLE": options.title,
        "IRIS_DASH_ROWS": options.rows,
    }
    return {key: text for key, text in said.items() if text}


def _names(environment: Mapping[str, str], key: str) -> tuple[str, ...] | None:
    """Return the column names that a variable lists, None if it is unset."""
    text = environment.get(key, "").strip()
    if not text:
        return None
    if not text.startswith("["):
        return tuple(name.strip() for name in text.split(","))
    names = _json(text)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise SettingsError(f'{key}={text!r}: expected names such as a,b or ["a", "b"]')
    return tuple(names)


def _labels(environment: Mapping[str, str], key: str) -> dict[str, str]:
    text = environment.get(key, "").strip()
    labels = _json(text) if text else {}
    if not isinstance(labels, dict) or not all(isinstance(v, str) for v in labels.values()):
        raise SettingsError(f'{key}={text!r}: expected a label per column: {{"name": "Text"}}')
    return labels


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _whole(environment: Mapping[str, str], key: str, default: int, low: int, high: int) -> int:
    text = environment.get(key, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingsError(f"{key}={text!r}: expected a whole number from {low} to {high}")
    return int(text)
