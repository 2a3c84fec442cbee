"""What the owner of a table says about it: labels, units, steps, colours, from a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from iris_dash.core.errors import DatasetError
from iris_dash.core.plain_files import other_kind
from iris_dash.tables.reading.owner_words import encoding_named, separator_named


def _known_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"there is no zone {name!r}; zones are called Europe/Berlin, UTC"
        ) from None


Encoding = Annotated[str, AfterValidator(encoding_named)]
Zone = Annotated[str, AfterValidator(_known_zone)]
Separator = Annotated[str, AfterValidator(separator_named)]
Decimal = Literal[".", ","]
Kind = Literal["facet", "measure", "time", "text", "code", "identifier"]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


EXPECTED = {
    "tuple_type": 'expected a list such as ["x", "y"]',
    "string_type": 'expected a text in quotes, such as "x"',
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_type": "expected a number",
    "mapping_type": "expected a table of keys and values",
    "model_type": "expected a table of keys and values",
    "dict_type": "expected a table of keys and values",
}
"""What a kind of fault means in the words of a TOML file."""


class Reading(BaseModel):
    """How a text table is read, where its owner says it; every key is optional.

    `missing` are texts that mean "no value" in any column; `skip` counts lines before the header.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    encoding: Encoding | None = None
    separator: Separator | None = None
    decimal: Decimal | None = None
    skip: int | None = Field(None, ge=0, strict=True)
    missing: tuple[str, ...] = ()


class ColumnDescription(BaseModel):
    """What is said of one column; every key is optional.

    `kind` is what it is, whatever its values suggest; `zone` on which clock its times are read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Kind | None = None
    zone: Zone | None = None

    label: str | None = None
    alias: str | None = Field(None, min_length=1)
    unit: str = ""
    step: float | None = Field(None, gt=0, allow_inf_nan=False, strict=True)
    order: tuple[str | int | bool, ...] = ()
    colours: tuple[Colour, ...] = ()


class TableDescription(BaseModel):
    """What is said of a table; every key is optional.

    Where `facets` or `measures` are given no other column is one by itself; `times` and `text` say
    of single columns what they are, as the `kind` of a column does.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str | None = None
    rows: str = "rows"
    about: str = ""
    source: str = ""
    facets: tuple[str, ...] | None = None
    measures: tuple[str, ...] | None = None
    times: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    axes: tuple[str, str] | None = None
    read: Reading = Reading()
    columns: Mapping[str, ColumnDescription] = Field(default_factory=dict)

    def of(self, name: str) -> ColumnDescription:
        """Return what is said of that column; nothing said gives the defaults."""
        return self.columns.get(name, ColumnDescription())

    def kind_of(self, name: str) -> Kind | None:
        """Return what a column is said to be; None: its values decide."""
        said: tuple[tuple[Kind, tuple[str, ...] | None], ...] = (
            ("time", self.times),
            ("text", self.text),
            ("facet", self.facets),
            ("measure", self.measures),
        )
        listed = (kind for kind, names in said if name in (names or ()))
        return self.of(name).kind or next(listed, None)

    @property
    def texts(self) -> list[str]:
        """The columns that are said to be text."""
        names = {**dict.fromkeys(self.text or ()), **self.columns}
        return [name for name in names if self.kind_of(name) == "text"]


class TableOptions(BaseModel):
    """What a start says of a table, over its description; None means nothing is said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    facets: tuple[str, ...] | None = None
    measures: tuple[str, ...] | None = None
    times: tuple[str, ...] | None = None
    text: tuple[str, ...] | None = None
    labels: Mapping[str, str] = Field(default_factory=dict)
    title: str | None = None
    rows: str | None = None
    encoding: Encoding | None = None
    separator: Separator | None = None
    decimal: Decimal | None = None
    skip: int | None = Field(None, ge=0)
    missing: tuple[str, ...] | None = None

    def over(self, description: TableDescription) -> TableDescription:
        """Return the description with these options in their place.

        A column that is named here as one kind is no longer the description's as another.
        """
        given: dict[str, Any] = {
            name: value for name in ("title", "rows") if (value := getattr(self, name)) is not None
        }
        asked = {kind: getattr(self, kind) for kind in ("facets", "measures", "times", "text")}
        named = frozenset(name for names in asked.values() for name in names or ())
        for kind, names in asked.items():
            said = getattr(description, kind)
            given[kind] = _without(said, named) if names is None else names
        columns = {
            name: one.model_copy(update={"kind": None})
            for name, one in description.columns.items()
            if name in named and one.kind
        }
        for name, label in self.labels.items():
            described = columns.get(name, description.of(name))
            columns[name] = described.model_copy(update={"label": label})
        reading = self.model_dump(include=set(Reading.model_fields), exclude_none=True)
        return description.model_copy(
            update={
                **given,
                "read": description.read.model_copy(update=reading),
                "columns": {**description.columns, **columns},
            }
        )


def _without(names: tuple[str, ...] | None, taken: frozenset[str]) -> tuple[str, ...] | None:
    return None if names is None else tuple(name for name in names if name not in taken)


def description_of(said: str | Path | Mapping[str, Any]) -> TableDescription:
    """Return what a TOML file, or a mapping like one, says of a table; DatasetError as below."""
    if not isinstance(said, Mapping):
        return read_description(Path(said))
    try:
        return TableDescription.model_validate(said)
    except ValidationError as error:
        raise DatasetError(f"settings: {_first_fault(error)}") from None


def options_of(said: Mapping[str, str | Sequence[str] | None]) -> TableOptions:
    """Return options of names of columns; one alone may stand as it is. DatasetError as above."""
    own = {key: (names,) if isinstance(names, str) else names for key, names in said.items()}
    try:
        return TableOptions.model_validate(own)
    except ValidationError as error:
        raise DatasetError(_first_fault(error)) from None


def read_description(path: Path) -> TableDescription:
    """Return what a TOML file says of a table.

    Errors: DatasetError, one line, naming the file and the key that is wrong.
    """
    if kind := other_kind(path):
        raise DatasetError(f"{path}: cannot be read: is {kind}")
    try:
        written: dict[str, Any] = tomllib.loads(path.read_text("utf-8-sig"))
        return TableDescription.model_validate(written)
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DatasetError(f"{path}: cannot be read as TOML: {error}") from None
    except ValidationError as error:
        raise DatasetError(f"{path}: {_first_fault(error)}") from None


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    where, words = ".".join(map(str, fault["loc"])), fault["msg"]
    if fault["type"] == "extra_forbidden":
        return f"{where}: there is no such key"
    if expected := EXPECTED.get(fault["type"]):
        return f"{where}: {expected}, not {fault['input']!r}"
    if fault["type"] == "value_error":
        return f"{where} {fault['input']!r}: {words.removeprefix('Value error, ')}"
    return f"{where}: {words}"
