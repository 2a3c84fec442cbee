"""The environment read as settings; it is passed in, so tests pass a dict."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

from iris_dash.config.settings import OWN, Settings
from iris_dash.config.variables import KEYS
from iris_dash.core.errors import SettingsError
from iris_dash.engines import engine_address
from iris_dash.tables.description import TableOptions
from iris_dash.tables.reading.owner_words import separator_in_words

NOTHING: Mapping[str, str | None] = {}

RUN_FOLDER = "IRIS_DASH_RUN_FOLDER"
"""Tells workers where the folder of their run is; not a setting."""

BY_FIELD = {key.field: key for key in KEYS}


def run_folder(environment: Mapping[str, str], name: str) -> Path | None:
    """Return where the workers of one run share what has a name; None outside a run.

    >>> run_folder({RUN_FOLDER: "/tmp/iris_dash-1"}, "metrics")
    PosixPath('/tmp/iris_dash-1/metrics')
    """
    folder = environment.get(RUN_FOLDER)
    return Path(folder) / name if folder else None


def read_settings(
    environment: Mapping[str, str], command: Mapping[str, str | None] = NOTHING
) -> Settings:
    """Return the settings that an environment names; unset or empty means the default.

    `command` are variables that a command line says instead: an error of a file names none of them.
    Errors: SettingsError naming the key, its value (unless it is secret) and what is allowed.

    >>> read_settings({"PORT": "9000"}).port
    9000
    """
    commanded = {name: text for name, text in command.items() if text}
    environment = {**environment, **commanded}
    _check_names(environment)
    return Settings(_build_sources=((Environment(environment, commanded),), {}))


class Environment(PydanticBaseSettingsSource):
    """What an environment says, as values of the settings' fields."""

    def __init__(self, environment: Mapping[str, str], commanded: Container[str]) -> None:
        super().__init__(Settings)
        self._environment = environment
        self._commanded = commanded

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the value that a field's variable has, None without one, and the field's name."""
        key = BY_FIELD.get(field_name)
        return key and key.read(self._environment), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the value of each field that is said; a database and its table as the data.

        Errors: SettingsError.
        """
        read = (self.get_field_value(info, name) for name, info in Settings.model_fields.items())
        values = {name: value for value, name, _ in read if value is not None}
        files = {name: BY_FIELD[name].name for name in ("data", "described_by") if name in values}
        database, table = values.pop("database", None), values.pop("table", None)
        if database and "data" not in values:
            values["data"], files["data"] = _table_address(database, table), "DATABASE_URL"
        named = {name: key for name, key in files.items() if key not in self._commanded}
        return {**values, "variables": named}


def _table_address(database: str, table: str | None) -> str:
    """Return the address of a database's table, of its only one without a name."""
    if engine_address(database) is None:
        raise SettingsError("DATABASE_URL: expected the address of a database: postgres://host/db")
    where, mark, more = database.partition("?")
    return f"{where.rstrip('/')}/{quote(table)}{mark}{more}" if table else database


def _check_names(environment: Mapping[str, str]) -> None:
    """Raise SettingsError for a variable of this product that it does not know.

    A login under a name that is misspelt would leave the door open.
    """
    known = [key.name.removeprefix(OWN) for key in KEYS if key.name.startswith(OWN)]
    for name in environment:
        if name.startswith(OWN) and name.removeprefix(OWN) not in known and name != RUN_FOLDER:
            near = get_close_matches(name.removeprefix(OWN), known, 1)
            meant = f"; did you mean {OWN}{near[0]}?" if near else ""
            raise SettingsError(f"{name}: there is no such setting{meant}")


def settings_lines(environment: Mapping[str, str]) -> list[str]:
    """Return each variable and its value, as the command `settings` prints them.

    A secret is not shown, an address without its password; what another variable overrules says so.
    Errors: SettingsError.
    """
    settings = read_settings(environment)
    ruled = _overruled(settings, environment)
    width = max(len(key.name) for key in KEYS)
    return [f"{key.name:<{width}}  {ruled.get(key.name, key.show(environment))}" for key in KEYS]


def _overruled(settings: Settings, environment: Mapping[str, str]) -> dict[str, str]:
    """Return what is shown of the variables that say what the table is, where they overrule."""
    data, database, table = (BY_FIELD[field] for field in ("data", "database", "table"))
    if settings.variables.get("data") == database.name:
        used = data.show({data.name: settings.data})
        return {data.name: f"{used}  (by {database.name})"}
    return {
        key.name: f"{key.show(environment)}  (not used)"
        for key in (database, table)
        if key.text(environment)
    }


def options_environment(options: TableOptions) -> dict[str, str]:
    """Return the variables that say these options; `read_settings` reads them back.

    >>> options_environment(TableOptions(facets=("a,b", "c"), title="Pots"))
    {'IRIS_DASH_FACETS': '["a,b", "c"]', 'IRIS_DASH_TITLE': 'Pots'}
    """
    given = options.model_dump(exclude_defaults=True)
    if options.separator:
        given["separator"] = separator_in_words(options.separator)
    texts = {
        BY_FIELD[name].name: value if isinstance(value, str) else json.dumps(value)
        for name, value in given.items()
    }
    return {name: text for name, text in texts.items() if text}
