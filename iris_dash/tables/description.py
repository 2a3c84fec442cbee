"""What the owner of a table says about it: labels, units, steps, colours, from a TOML file."""

from __future__ import annotations

import codecs
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from iris_dash.core.errors import DatasetError
from iris_dash.core.plain_files import other_kind


def _known_encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(f"there is no encoding {name!r}") from None


Encoding = Annotated[str, AfterValidator(_known_encoding)]
Separator = Annotated[str, Field(min_length=1, max_length=1)]
Decimal = Literal[".", ","]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class Reading(BaseModel):
    """How a text table is read, where its owner says it; every key is optional.

    `missing` are texts that mean "no value" in any column; `skip` counts lines before the header.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    encoding: Encoding | None = None
    separator: Separator | None = None
    decimal: Decimal | None = None
    skip: int | None = Field(None, ge=0)
    missing: tuple[str, ...] = ()


class ColumnDescription(BaseModel):
    """What is said of one column; every key is optional."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str | None = None
    alias: str | None = Field(None, min_length=1)
    unit: str = ""
    step: float | None = Field(None, gt=0, allow_inf_nan=False)
    order: tuple[str | int | bool, ...] = ()
    colours: tuple[Colour, ...] = ()


class TableDescription(BaseModel):
    """What is said of a table; every key is optional."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str | None = None
    rows: str = "rows"
    about: str = ""
    source: str = ""
    facets: tuple[str, ...] | None = None
    measures: tuple[str, ...] | None = None
    axes: tuple[str, str] | None = None
    read: Reading = Reading()
    columns: Mapping[str, ColumnDescription] = Field(default_factory=dict)

    def of(self, name: str) -> ColumnDescription:
        """Return what is said of that column; nothing said gives the defaults."""
        return self.columns.get(name, ColumnDescription())


class TableOptions(BaseModel):
    """What a start says of a table, over its description; None means nothing is said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    facets: tuple[str, ...] | None = None
    measures: tuple[str, ...] | None = None
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

        A column asked here as a measure is no longer one of the description's facets, nor the
        other way round.
        """
        given = self.model_dump(include={"facets", "measures", "title", "rows"}, exclude_none=True)
        if self.facets is None and description.facets is not None:
            given["facets"] = _without(description.facets, self.measures)
        if self.measures is None and description.measures is not None:
            given["measures"] = _without(description.measures, self.facets)
        columns = {
            name: description.of(name).model_copy(update={"label": label})
            for name, label in self.labels.items()
        }
        reading = self.model_dump(include=set(Reading.model_fields), exclude_none=True)
        return description.model_copy(
            update={
                **given,
                "read": description.read.model_copy(update=reading),
                "columns": {**description.columns, **columns},
            }
        )


def _without(names: tuple[str, ...], taken: tuple[str, ...] | None) -> tuple[str, ...]:
    return tuple(name for name in names if name not in (taken or ()))


def read_description(path: Path) -> TableDescription:
    """Return what a TOML file says of a table.

    Errors: DatasetError, one line, naming the file and the key that is wrong.
    """
    if kind := other_kind(path):
        raise DatasetError(f"{path}: cannot be read: is {kind}")
    try:
        written: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        return TableDescription.model_validate(written)
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DatasetError(f"{path}: cannot be read as TOML: {error}") from None
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(str(part) for part in fault["loc"])
        raise DatasetError(f"{path}: {key}: {fault['msg']}") from None
