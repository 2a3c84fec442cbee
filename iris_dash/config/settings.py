"""The settings: each is declared here once, with its type, default, meaning and variable."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from iris_dash.config import readers
from iris_dash.core.errors import SettingsError, naming
from iris_dash.core.progress import Report, unheard
from iris_dash.core.resources import DATA
from iris_dash.query.model import MAX_PER_PAGE
from iris_dash.tables.description import TableDescription, TableOptions, read_description
from iris_dash.tables.reading.download import is_address
from iris_dash.tables.reading.owner_words import encoding_named, separator_named
from iris_dash.tables.reading.source_files import files_of
from iris_dash.tables.reading.standard_input import check_standard_input, is_standard_input

if TYPE_CHECKING:
    from iris_dash.tables.dataset import Dataset

DEFAULT_DATA = str(DATA / "iris.csv")

OWN = "IRIS_DASH_"
"""How the variables begin that are this product's alone."""

Secret = Literal["no", "password", "values", "all"]
"""What is never shown of a text: nothing, an address's password, the values under names, all."""


def setting(
    default: Any,
    meaning: str,
    *,
    shown: str = "",
    name: str | None = None,
    secret: Secret = "no",
) -> Any:
    """Declare a setting: its default, and `shown`, how that is written where it is no plain value.

    Its variable is called `IRIS_DASH_` and the field's name, or `name`.
    """
    return Field(
        default,
        description=meaning,
        validation_alias=name,
        repr=secret == "no",
        json_schema_extra={"shown": shown or str(default), "secret": secret},
    )


class Settings(BaseSettings):
    """How the product runs. A field's annotation holds what reads its variable, if that is no text.

    The environment is read by `read_settings` alone: `Settings()` are the defaults.
    Errors: SettingsError where settings need each other.
    """

    model_config = SettingsConfigDict(
        validate_by_name=True,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )

    data: str = setting(
        DEFAULT_DATA,
        "the table: a path, a folder, a pattern, `-` for standard input, or an address",
        shown="data/iris.csv",
        secret="password",
    )
    database: str | None = setting(
        None,
        "without `IRIS_DASH_DATA`: a database, `postgres://user:password@host/db`",
        name="DATABASE_URL",
        shown="none",
        secret="password",
    )
    table: str | None = setting(None, "the table in that database", shown="the only one")
    described_by: str | None = setting(
        None,
        "the TOML file that describes the table",
        name="IRIS_DASH_SETTINGS",
        shown="beside the data",
    )
    facets: Annotated[tuple[str, ...] | None, readers.column_names] = setting(
        None, 'its facets: `a,b`, or JSON, `["a", "b"]`', shown="from the table"
    )
    measures: Annotated[tuple[str, ...] | None, readers.column_names] = setting(
        None, "its measures, likewise", shown="from the table"
    )
    times: Annotated[tuple[str, ...] | None, readers.column_names] = setting(
        None, "columns that are read as times, likewise", shown="from the table"
    )
    text: Annotated[tuple[str, ...] | None, readers.column_names] = setting(
        None, "columns that are text, likewise", shown="from the table"
    )
    labels: Annotated[Mapping[str, str], readers.column_labels] = setting(
        {}, 'labels as JSON: `{"height": "Height"}`', shown="from the names"
    )
    title: str | None = setting(None, "its title", shown="from the name")
    rows: str | None = setting(None, "what its rows are called", shown="rows")
    encoding: Annotated[str | None, encoding_named] = setting(
        None, "the encoding of a text table: `utf-8`, `windows-1252`", shown="from the file"
    )
    separator: Annotated[str | None, separator_named] = setting(
        None, "what parts its columns: a letter, `tab` or `blank`", shown="from the file"
    )
    decimal: Annotated[Literal[".", ","] | None, readers.decimal] = setting(
        None, "the decimal mark of its numbers: `.` or `,`", shown="from the file"
    )
    skip: Annotated[int | None, readers.lines] = setting(
        None, "how many lines stand before its header", shown="from the file"
    )
    missing: Annotated[tuple[str, ...] | None, readers.column_names] = setting(
        None, 'texts that mean "no value" in any of its columns: `NA,-999`', shown="none"
    )
    host: str = setting("127.0.0.1", "the address to listen at", name="HOST")
    port: Annotated[int, readers.whole(1, 65_535)] = setting(
        8050, "the port to listen at", name="PORT"
    )
    workers: Annotated[int, readers.whole(1, 256)] = setting(
        1, "worker processes", name="WEB_CONCURRENCY"
    )
    redis_url: Annotated[str | None, readers.address("redis", "rediss", "unix")] = setting(
        None,
        "where workers and replicas share their cache and limits, with `IRIS_DASH_SECRET_KEY`: "
        "`redis://host:6379/0`",
        name="REDIS_URL",
        shown="none",
        secret="password",
    )
    logins: Annotated[
        Mapping[str, str], readers.hashes(readers.PASSWORD_HASH, "iris-dash hash NAME")
    ] = setting(
        {},
        "who may come in by password: lines of `iris-dash hash NAME`",
        shown="none",
        secret="values",
    )
    tokens: Annotated[
        Mapping[str, str], readers.hashes(readers.TOKEN_HASH, "iris-dash hash NAME --token")
    ] = setting(
        {},
        "which scripts may: lines of `iris-dash hash NAME --token`",
        shown="none",
        secret="values",
    )
    oidc_issuer: Annotated[str | None, readers.address("https", "http")] = setting(
        None, "who signs people in instead: an OpenID Connect provider's address", shown="none"
    )
    oidc_client: str | None = setting(None, "this product's client id there", shown="none")
    oidc_secret: str | None = setting(None, "its secret there", shown="none", secret="all")
    oidc_users: Annotated[tuple[str, ...], readers.words] = setting(
        (), "whom to let in: addresses, or `@example.org`", shown="everyone it signs in"
    )
    secret_key: Annotated[str | None, readers.long_secret] = setting(
        None,
        "what signs the cookies of an OIDC login and what Redis keeps; the same in every replica",
        shown="none",
        secret="all",
    )
    proxies: Annotated[int, readers.whole(0, 10)] = setting(
        0, "how many proxies in front are trusted to say who asks"
    )
    proxy_headers: Annotated[tuple[str, ...], readers.proxy_headers] = setting(
        ("for", "proto"),
        "what they are believed of `X-Forwarded-For`, `-Proto`, `-Host` and `-Prefix`",
        shown="for proto",
    )
    frame_ancestors: Annotated[tuple[str, ...], readers.origins] = setting(
        (), "which sites may show it in a frame", shown="none"
    )
    cors_origins: Annotated[tuple[str, ...], readers.origins] = setting(
        (), "which sites' scripts may read its answers", shown="none"
    )
    rate: Annotated[str | None, readers.rate] = setting(
        None,
        "requests per client: `600 per minute`, or `none`",
        shown="6000 per minute; none on this machine",
    )
    max_body: Annotated[int, readers.whole(1_000, 100_000_000)] = setting(
        1_000_000, "largest request body in bytes"
    )
    max_url: Annotated[int, readers.whole(200, 60_000)] = setting(
        60_000, "longest address in bytes"
    )
    max_page: Annotated[int, readers.whole(1, MAX_PER_PAGE)] = setting(
        MAX_PER_PAGE, "most rows in one JSON answer"
    )
    max_export: Annotated[int | None, readers.whole(1, 10**12)] = setting(
        None, "most rows in one file", shown="no limit"
    )
    exports: Annotated[int, readers.whole(1, 64)] = setting(
        2, "files that one worker writes at once"
    )
    query_seconds: Annotated[int, readers.whole(1, 3_600)] = setting(
        60, "longest time for one answer; CSV, JSON and Arrow have it for each of their pieces"
    )
    log: Annotated[str, readers.one_of("auto", "json", "none")] = setting(
        "auto", "`json`: a line per request on standard error; `none`; `auto`: none on a terminal"
    )

    variables: Mapping[str, str] = Field({}, exclude=True, repr=False)
    """Which variables name files, by field: an error of such a file names its variable."""

    def __eq__(self, other: object) -> bool:
        """Whether the product runs alike, whichever variables say so."""
        return isinstance(other, Settings) and self.model_dump() == other.model_dump()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *others: PydanticBaseSettingsSource,
        **named: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where values are from: what is given, nothing of this process's environment."""
        return (init_settings,)

    @model_validator(mode="after")
    def _check_together(self) -> Settings:
        of_provider = ("oidc_client", "oidc_secret", "secret_key")
        # Else whoever can write to Redis could say what people see.
        needs = (
            (f"{OWN}OIDC_ISSUER", self.oidc_issuer, of_provider),
            ("REDIS_URL", self.redis_url, ("secret_key",)),
        )
        for name, given, fields in needs:
            missing = [f"{OWN}{field.upper()}" for field in fields if not getattr(self, field)]
            if given and missing:
                raise SettingsError(f"{name} needs {' and '.join(missing)} too")
        return self

    @property
    def options(self) -> TableOptions:
        """What the settings say of the table, over its description."""
        return TableOptions(**{name: getattr(self, name) for name in TableOptions.model_fields})

    @property
    def description(self) -> TableDescription | None:
        """The table's description where a file is named; None: the one beside the data, if any.

        Errors: DatasetError if it cannot be read.
        """
        if not self.described_by:
            return None
        with naming(self.variables.get("described_by")):
            return read_description(Path(self.described_by))

    def check_files(self) -> None:
        """Look for the files that are named, as far as that takes no time.

        Errors: DatasetError, one line: what opening the table would say of a file that is missing
        or none.
        """
        _ = self.description
        with naming(self.variables.get("data")):
            if is_standard_input(self.data):
                check_standard_input()
            elif not is_address(self.data):
                files_of(self.data)

    def open(self, report: Report = unheard, kept_input: Path | None = None) -> Dataset:
        """Open the table that is named; `report` hears what is begun.

        `kept_input` is where standard input is kept, for it can be read once.

        Errors: DatasetError, one line, which names the variable of the environment too.
        """
        # Whoever only reads settings need not load the libraries of tables.
        from iris_dash.tables.opening import open_dataset

        description = self.description
        with naming(self.variables.get("data")):
            return open_dataset(self.data, description, self.options, report, kept_input)

    @property
    def requires_login(self) -> bool:
        """Whether who comes has to say who they are."""
        return bool(self.logins or self.tokens or self.oidc_issuer)
