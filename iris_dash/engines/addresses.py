"""The address of a table on an engine: a URL that ends with the table's name."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from glob import escape, has_magic
from importlib.metadata import entry_points
from pathlib import Path
from urllib.parse import unquote

from iris_dash.core.errors import DatasetError
from iris_dash.core.release import extra_command

FILES = ("duckdb", "sqlite")
"""Engines in one file; what follows the file's name is the table."""

FOLDERS = ("chdb",)

IN_PLACE = ("parquet",)
"""Files that are asked where they lie: the path is a file, a folder or a pattern, and no table."""

CLUSTERS = ("dask", "spark")
"""Engines whose path is not a table's name; it is kept as it is."""

SERVERS = ("postgresql", "clickhouse", "mongodb")
"""Engines that are known by name even where Ibis is not installed."""

REFUSED = ("mysql", "mariadb")
"""Known by name, and no engine here: through Ibis they have neither infinity nor a median."""

FILE_ENDINGS = (".duckdb", ".ddb", ".db", ".sqlite", ".sqlite3")

WRITTEN = {"postgres": "postgresql", "mongodb+srv": "mongodb"}
"""What else an engine's addresses begin with."""

HIDDEN = re.compile(r"pass|pwd|token|secret|key|credential|mechanismprop", re.IGNORECASE)


@dataclass(frozen=True)
class Address:
    """A table on an engine.

    `url` is how to connect, without the table and with the password; `place` is the path of the
    file or folder that holds the table, or of a cluster host, port and path; else empty. `table`
    is its name, after its schema if that is given: none, one or more names. `shown` is the whole
    address without a password, for messages.
    """

    scheme: str
    url: str = field(repr=False)
    table: tuple[str, ...]
    shown: str
    place: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)

    @property
    def path(self) -> str:
        """The path or address of Parquet files; empty where the address has none."""
        if self.scheme in IN_PLACE:
            return self.place
        inside = self.place.partition("/")[2] if self.scheme in CLUSTERS else ""
        return f"/{inside}" if inside and "://" not in inside else inside

    @property
    def title(self) -> str:
        """The table's own name, without folder and file ending; empty where it has none.

        >>> engine_address("parquet:///data/flowers/**/*.parquet").title
        'flowers'
        """
        if self.table:
            return self.table[-1]
        named = [part for part in self.path.split("/") if part and not has_magic(part)]
        return named[-1].partition(".")[0] if named else ""

    @property
    def install_command(self) -> str:
        """How to install what its engine needs: an extra of this package, or one of Ibis.

        >>> print(Address("bigquery", "", (), "").install_command)
        pip install 'ibis-framework[bigquery]'
        """
        if self.scheme in (*FILES, *FOLDERS, *IN_PLACE, *CLUSTERS, *SERVERS):
            return extra_command(self.scheme)
        return f"pip install 'ibis-framework[{self.scheme}]'"

    def with_table(self, *table: str) -> Address:
        """Return the address of another table there."""
        shown = f"{self.shown.partition('?')[0].rstrip('/')}/{'.'.join(table)}"
        return Address(self.scheme, self.url, table, shown, self.place, self.secrets)

    def redact(self, text: str) -> str:
        """Return a message of the engine without the passwords of this address."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text


def engine_address(text: str) -> Address | None:
    """Return what a URL says about a table on an engine; None for what is no engine's URL.

    The last part of the path is the table, percent-encoded, also `schema.table`; of a server one
    part alone is the database. `postgres` means `postgresql`, and `mongodb+srv` the servers of
    `mongodb` that its DNS records name. Raises DatasetError for a password
    that is not percent-encoded, which no two libraries read alike.

    >>> engine_address("postgres://ann:secret@host/db/flowers").table
    ('flowers',)
    >>> engine_address("postgres://ann:secret@host/db/flowers?password=a&sslmode=require").shown
    'postgresql://ann@host/db/flowers?sslmode=require'
    >>> engine_address("postgresql://host/db").table
    ()
    >>> engine_address("duckdb:///data/x.duckdb/main.iris").place
    '/data/x.duckdb'
    >>> engine_address("mongodb+srv://ann:secret@host/db/flowers?tls=true").shown
    'mongodb+srv://ann@host/db/flowers?tls=true'
    >>> engine_address("https://example.org/iris.csv")
    """
    written, mark, rest = text.strip().partition("://")
    scheme = WRITTEN.get(written.lower(), written.lower())
    if not mark or scheme not in known_schemes():
        return None
    own = written.lower() if "+" in written else scheme
    body, mark, options = rest.partition("?")
    shown, secrets = _without_password(own, rest)
    if scheme in (*CLUSTERS, *IN_PLACE):
        return Address(scheme, f"{scheme}://{rest}", (), shown, unquote(body), secrets)
    where, table = _split_table(scheme, body)
    place = unquote(where) if scheme in (*FILES, *FOLDERS) else ""
    return Address(scheme, f"{own}://{where}{mark}{options}", table, shown, place, secrets)


def files_pattern(place: str) -> str:
    """Return a path as it is, and a folder as the pattern of the Parquet files below it."""
    return str(Path(escape(place), "**", "*.parquet")) if Path(place).is_dir() else place


def known_schemes() -> frozenset[str]:
    """Return the names before `://` that are an engine's, those that Ibis adds among them."""
    of_ibis = (point.name for point in entry_points(group="ibis.backends"))
    names = {*FILES, *FOLDERS, *IN_PLACE, *CLUSTERS, *SERVERS, *REFUSED, *of_ibis}
    return frozenset(names - {"postgres", "pyspark", "polars"})


def _split_table(scheme: str, body: str) -> tuple[str, tuple[str, ...]]:
    """Return a URL's body without its table, and the table's names; none where it has no table."""
    body = body.rstrip("/")
    where, _, last = body.rpartition("/")
    if scheme in FILES:
        named = not last.lower().endswith(FILE_ENDINGS)
    elif scheme in FOLDERS:
        named = True
    else:
        # A host, a database and a table.
        named = body.count("/") >= 2
    if not named or not where:
        return body, ()
    return where, tuple(unquote(name) for name in last.split("."))


def _without_password(scheme: str, rest: str) -> tuple[str, tuple[str, ...]]:
    """Return the URL as it may be shown, and the passwords that it has, encoded and decoded.

    What ends at the last `@` is looked at, so that one that is not encoded is not shown either.
    """
    secrets = []
    if scheme not in (*FILES, *FOLDERS, *IN_PLACE) and "@" in rest:
        user, _, rest = rest.rpartition("@")
        user, _, password = user.partition(":")
        secrets.append(password)
        rest = f"{user}@{rest}"
        if re.search(r"[/?#\[\]@]", password):
            reason = "the password has to be percent-encoded, such as %40 for @"
            raise DatasetError(f"{scheme}://{rest.partition('?')[0]}: {reason}")
    body, _, options = rest.partition("?")
    kept = []
    for option in filter(None, options.split("&")):
        name, _, value = option.partition("=")
        if HIDDEN.search(name):
            secrets.append(value)
        else:
            kept.append(option)
    shown = f"{scheme}://{body}{'?' if kept else ''}{'&'.join(kept)}"
    return shown, tuple({text for s in secrets for text in (s, unquote(s)) if text})
