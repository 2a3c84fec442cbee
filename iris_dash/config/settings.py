"""The environment as frozen settings; the environment is passed in, so tests pass a dict."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from iris_dash.core.errors import SettingsError, naming
from iris_dash.core.resources import DATA
from iris_dash.engines import engine_address
from iris_dash.query.model import MAX_PER_PAGE
from iris_dash.tables.dataset import Dataset, open_dataset
from iris_dash.tables.description import TableDescription, TableOptions, read_description
from iris_dash.tables.download import is_address, shown_address
from iris_dash.tables.sources import Report

DEFAULT_DATA = str(DATA / "iris.csv")
NAME = re.compile(r"[^\s:,]+")
NOTHING: Mapping[str, str | None] = {}
OWN = "IRIS_DASH_"
"""How the variables begin that are this product's alone."""

RUN_FOLDER = "IRIS_DASH_RUN_FOLDER"
"""Tells workers where the folder of their run is; not a setting."""


@dataclass(frozen=True)
class Settings:
    """How the product runs; every field has an environment variable, see `KEYS`."""

    data: str = field(default=DEFAULT_DATA, repr=False)  # may hold a password
    described_by: str | None = None
    host: str = "127.0.0.1"
    port: int = 8050
    workers: int = 1
    max_body: int = 1_000_000
    options: TableOptions = field(default_factory=TableOptions)
    redis_url: str | None = field(default=None, repr=False)
    logins: Mapping[str, str] = field(default_factory=dict, repr=False)
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    oidc_issuer: str | None = None
    oidc_client: str | None = None
    oidc_secret: str | None = field(default=None, repr=False)
    oidc_users: tuple[str, ...] = ()
    secret_key: str | None = field(default=None, repr=False)
    proxies: int = 0
    proxy_headers: tuple[str, ...] = ("for", "proto")
    frame_ancestors: tuple[str, ...] = ()
    cors_origins: tuple[str, ...] = ()
    rate: str | None = None
    max_url: int = 16_000
    max_page: int = MAX_PER_PAGE
    max_export: int | None = None
    exports: int = 2
    query_seconds: int = 60
    log: str = "auto"
    keys: Mapping[str, str] = field(default_factory=dict, compare=False)
    """Which variables name the files, by field: an error of one of them names its variable."""

    @property
    def description(self) -> TableDescription | None:
        """The table's description where a file is named; None: the one beside the data, if any.

        Errors: DatasetError if it cannot be read.
        """
        if not self.described_by:
            return None
        with naming(self.keys.get("described_by")):
            return read_description(Path(self.described_by))

    def open(self, report: Report = str) -> Dataset:
        """Open the table that is named; `report` hears what is begun.

        Errors: DatasetError, one line, which names the variable of the environment too.
        """
        description = self.description
        with naming(self.keys.get("data")):
            return open_dataset(self.data, description, self.options, report)

    @property
    def asks_who(self) -> bool:
        """Whether who comes has to say who they are."""
        return bool(self.logins or self.tokens or self.oidc_issuer)


@dataclass(frozen=True)
class Key:
    """One variable of the environment.

    `field` is the settings' field that it sets, or `options.x` for what is said of the table;
    `read` makes its value of the text, or raises ValueError saying what is allowed; `default` is
    what the documentation says where it is no plain value. `secret`: it is never shown.
    """

    name: str
    field: str
    meaning: str
    read: Callable[[str], Any] = str
    default: str = ""
    secret: bool = False

    @property
    def shown_default(self) -> str:
        """The default as text."""
        return self.default or str(getattr(Settings(), self.field))


def whole(low: int, high: int) -> Callable[[str], int]:
    """Return what reads a whole number within bounds."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise ValueError(f"expected a whole number from {low} to {high}")
        return int(text)

    return read


def _one_of(*allowed: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"expected one of {', '.join(allowed)}")
        return text

    return read


def _names(text: str) -> tuple[str, ...]:
    """Return the column names that a text lists."""
    if not text.startswith("["):
        return tuple(name.strip() for name in text.split(","))
    names = _json(text)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError('expected names such as a,b or ["a", "b"]')
    return tuple(names)


def _labels(text: str) -> dict[str, str]:
    labels = _json(text)
    if not isinstance(labels, dict) or not all(isinstance(v, str) for v in labels.values()):
        raise ValueError('expected a label per column: {"name": "Text"}')
    return labels


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _origins(text: str) -> tuple[str, ...]:
    origins = tuple(text.replace(",", " ").split())
    for origin in origins:
        if not re.fullmatch(r"https?://(\*\.)?[\w-]+(\.[\w-]+)*(:\d+)?|\*", origin):
            raise ValueError("expected origins such as https://example.org, or *")
    return origins


PROXY_HEADERS = ("for", "proto", "host", "prefix")


def _proxy_headers(text: str) -> tuple[str, ...]:
    named = tuple(text.replace(",", " ").lower().split())
    if not set(named) <= set(PROXY_HEADERS):
        raise ValueError(f"expected some of {', '.join(PROXY_HEADERS)}")
    return named


def _people(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


PASSWORD_HASH = re.compile(r"(scrypt:\d+:\d+:\d+|pbkdf2:sha(256|512):\d+)\$[^$]+\$[0-9a-f]+")
TOKEN_HASH = re.compile(r"sha256:[0-9a-f]{64}")


def _hashes(form: re.Pattern[str], command: str) -> Callable[[str], dict[str, str]]:
    """Return what reads the hash of each name's secret."""

    def read(text: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for number, entry in enumerate(text.split(), 1):
            name, colon, hashed = entry.partition(":")
            if not (colon and NAME.fullmatch(name) and form.fullmatch(hashed)):
                raise ValueError(
                    f"expected name:hash, as `{command}` prints them, in single quotes in a shell; "
                    f"number {number} is none"
                )
            if name in found:
                raise ValueError(f"{name} is there twice")
            found[name] = hashed
        return found

    return read


def _long_secret(text: str) -> str:
    if len(text) < 16:
        raise ValueError("expected at least 16 characters")
    return text


def _address(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes or not text.startswith(f"{parts.scheme}://"):
            begins = " or ".join(f"{scheme}://" for scheme in schemes)
            raise ValueError(f"expected an address that begins with {begins}")
        if not (parts.netloc or parts.path):
            raise ValueError("expected an address with a host")
        return text

    return read


def _rate(text: str) -> str:
    if not re.fullmatch(r"[1-9]\d* per (second|minute|hour|day)", text):
        raise ValueError("expected a rate such as 600 per minute (second, minute, hour or day)")
    return text


KEYS = (
    Key(
        "IRIS_DASH_DATA",
        "data",
        "the table: a path, a pattern, or the address of a file or a table",
        default="data/iris.csv",
        secret=True,
    ),
    Key(
        "DATABASE_URL",
        "data",
        "without `IRIS_DASH_DATA`: a database, `postgres://user:password@host/db`",
        default="none",
        secret=True,
    ),
    Key("IRIS_DASH_TABLE", "data", "the table in that database", default="the only one"),
    Key(
        "IRIS_DASH_SETTINGS",
        "described_by",
        "the TOML file that describes the table",
        default="beside the data",
    ),
    Key(
        "IRIS_DASH_FACETS",
        "options.facets",
        'its facets: `a,b`, or JSON, `["a", "b"]`',
        _names,
        "from the table",
    ),
    Key(
        "IRIS_DASH_MEASURES", "options.measures", "its measures, likewise", _names, "from the table"
    ),
    Key(
        "IRIS_DASH_LABELS",
        "options.labels",
        'labels as JSON: `{"height": "Height"}`',
        _labels,
        "from the names",
    ),
    Key("IRIS_DASH_TITLE", "options.title", "its title", default="from the name"),
    Key("IRIS_DASH_ROWS", "options.rows", "what its rows are called", default="rows"),
    Key("HOST", "host", "the address to listen at"),
    Key("PORT", "port", "the port to listen at", whole(1, 65_535)),
    Key("WEB_CONCURRENCY", "workers", "worker processes", whole(1, 256)),
    Key(
        "REDIS_URL",
        "redis_url",
        "where workers and replicas share their cache and their limits: `redis://host:6379/0`",
        _address("redis", "rediss", "unix"),
        "none",
        secret=True,
    ),
    Key(
        "IRIS_DASH_LOGINS",
        "logins",
        "who may come in by password: lines of `iris-dash hash NAME`",
        _hashes(PASSWORD_HASH, "iris-dash hash NAME"),
        "none",
        secret=True,
    ),
    Key(
        "IRIS_DASH_TOKENS",
        "tokens",
        "which scripts may: lines of `iris-dash hash NAME --token`",
        _hashes(TOKEN_HASH, "iris-dash hash NAME --token"),
        "none",
        secret=True,
    ),
    Key(
        "IRIS_DASH_OIDC_ISSUER",
        "oidc_issuer",
        "who signs people in instead: an OpenID Connect provider's address",
        _address("https", "http"),
        "none",
    ),
    Key("IRIS_DASH_OIDC_CLIENT", "oidc_client", "this product's client id there", default="none"),
    Key("IRIS_DASH_OIDC_SECRET", "oidc_secret", "its secret there", default="none", secret=True),
    Key(
        "IRIS_DASH_OIDC_USERS",
        "oidc_users",
        "whom to let in: addresses, or `@example.org`",
        _people,
        "everyone it signs in",
    ),
    Key(
        "IRIS_DASH_SECRET_KEY",
        "secret_key",
        "what signs the cookies of an OIDC login; the same in every replica",
        _long_secret,
        "none",
        secret=True,
    ),
    Key(
        "IRIS_DASH_PROXIES",
        "proxies",
        "how many proxies in front are trusted to say who asks",
        whole(0, 10),
    ),
    Key(
        "IRIS_DASH_PROXY_HEADERS",
        "proxy_headers",
        "what they are believed of `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix`",
        _proxy_headers,
        "for proto",
    ),
    Key(
        "IRIS_DASH_FRAME_ANCESTORS",
        "frame_ancestors",
        "which sites may show it in a frame",
        _origins,
        "none",
    ),
    Key(
        "IRIS_DASH_CORS_ORIGINS",
        "cors_origins",
        "which sites' scripts may read its answers",
        _origins,
        "none",
    ),
    Key("IRIS_DASH_RATE", "rate", "requests per client: `600 per minute`", _rate, "no limit"),
    Key(
        "IRIS_DASH_MAX_BODY", "max_body", "largest request body in bytes", whole(1_000, 100_000_000)
    ),
    Key("IRIS_DASH_MAX_URL", "max_url", "longest address in bytes", whole(200, 60_000)),
    Key("IRIS_DASH_MAX_PAGE", "max_page", "most rows in one JSON answer", whole(1, MAX_PER_PAGE)),
    Key(
        "IRIS_DASH_MAX_EXPORT", "max_export", "most rows in one file", whole(1, 10**12), "no limit"
    ),
    Key("IRIS_DASH_EXPORTS", "exports", "files that one worker writes at once", whole(1, 64)),
    Key(
        "IRIS_DASH_QUERY_SECONDS",
        "query_seconds",
        "longest time for one answer; a file has it for each of its pieces",
        whole(1, 3_600),
    ),
    Key(
        "IRIS_DASH_LOG",
        "log",
        "`json`: a line per request on standard error; `none`; `auto`: none on a terminal",
        _one_of("auto", "json", "none"),
    ),
)
"""Every variable, in the order of docs/settings.md."""


def read_settings(
    environment: Mapping[str, str], command: Mapping[str, str | None] = NOTHING
) -> Settings:
    """Return the settings that an environment names; unset or empty means the default.

    `command` are variables that a command line says instead: an error of a file names none of them.
    Errors: SettingsError naming the key, its value (unless it is secret) and what is allowed.

    >>> read_settings({"PORT": "9000"}).port
    9000
    """
    said = {name: text for name, text in command.items() if text}
    environment = {**environment, **said}
    _check_names(environment)
    given: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for key in KEYS:
        text = environment.get(key.name, "").strip()
        if not text or key.field == "data":
            continue
        try:
            value = key.read(text)
        except ValueError as error:
            shown = key.name if key.secret else f"{key.name}={text!r}"
            raise SettingsError(f"{shown}: {error}") from None
        place, _, name = key.field.rpartition(".")
        (options if place else given)[name] = value
    keys = {"described_by": "IRIS_DASH_SETTINGS"} if "described_by" in given else {}
    named = _data(environment)
    if named:
        keys["data"], given["data"] = named
    keys = {field: name for field, name in keys.items() if name not in said}
    settings = Settings(**given, options=TableOptions(**options), keys=keys)
    _check_together(settings)
    return settings


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


def _check_together(settings: Settings) -> None:
    """Raise SettingsError where settings need each other."""
    if settings.oidc_issuer:
        needed = {
            "IRIS_DASH_OIDC_CLIENT": settings.oidc_client,
            "IRIS_DASH_OIDC_SECRET": settings.oidc_secret,
            "IRIS_DASH_SECRET_KEY": settings.secret_key,
        }
        missing = [name for name, value in needed.items() if not value]
        if missing:
            raise SettingsError(f"IRIS_DASH_OIDC_ISSUER needs {' and '.join(missing)} too")


def settings_lines(environment: Mapping[str, str]) -> list[str]:
    """Return each variable and its value, as the command `settings` prints them.

    A secret is not shown, an address without its password. Errors: SettingsError.
    """
    read_settings(environment)
    width = max(len(key.name) for key in KEYS)
    lines = []
    for key in KEYS:
        text = environment.get(key.name, "").strip()
        shown = key.shown_default if not text else _without_secret(key, text)
        lines.append(f"{key.name:<{width}}  {shown}{'' if text else '  (default)'}")
    return lines


def _without_secret(key: Key, text: str) -> str:
    if not key.secret:
        return text
    if key.field in ("data", "redis_url"):
        address = engine_address(text)
        if address is not None:
            return address.shown
        return shown_address(text) if is_address(text) else text
    if key.field in ("logins", "tokens"):
        return f"(set: {', '.join(key.read(text))})"
    return "(set)"


def _data(environment: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the variable that names the data, and the data: a database's table by DATABASE_URL."""
    data, database = environment.get("IRIS_DASH_DATA"), environment.get("DATABASE_URL")
    if data:
        return "IRIS_DASH_DATA", data
    if not database:
        return None
    if engine_address(database) is None:
        raise SettingsError("DATABASE_URL: expected the address of a database: postgres://host/db")
    where, mark, more = database.partition("?")
    table = environment.get("IRIS_DASH_TABLE")
    named = f"{where.rstrip('/')}/{quote(table)}{mark}{more}" if table else database
    return "DATABASE_URL", named


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
