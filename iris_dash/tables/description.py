"""What the owner of a table says about it: labels, units, steps, colours, from a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from iris_dash.core.errors import DatasetError

Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]


class ColumnSettings(BaseModel):
    """What is said of one column; every key is optional."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str | None = None
    alias: str | None = Field(None, min_length=1)
    unit: str = ""
    step: float | None = Field(None, gt=0, allow_inf_nan=False)
    order: tuple[str | int | bool, ...] = ()
    colours: tuple[Colour, ...] = ()


class TableSettings(BaseModel):
    """What is said of a table; every key is optional."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str | None = None
    rows: str = "rows"
    about: str = ""
    source: str = ""
    facets: tuple[str, ...] | None = None
    measures: tuple[str, ...] | None = None
    axes: tuple[str, str] | None = None
    columns: Mapping[str, ColumnSettings] = Field(default_factory=dict)

    def of(self, name: str) -> ColumnSettings:
        """Return what is said of that column; nothing said gives the defaults."""
        return self.columns.get(name, ColumnSettings())


class TableOptions(BaseModel):
    """What a start says of a table, over its file of settings; None means nothing is said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    facets: tuple[str, ...] | None = None
    measures: tuple[str, ...] | None = None
    labels: Mapping[str, str] = Field(default_factory=dict)
    title: str | None = None
    rows: str | None = None

    def over(self, settings: TableSettings) -> TableSettings:
        """Return the settings with these options in their place.

        A column asked here as a measure is no longer one of the settings' facets, nor the other
        way round.
        """
        said = self.model_dump(include={"facets", "measures", "title", "rows"}, exclude_none=True)
        if self.facets is None and settings.facets is not None:
            said["facets"] = _without(settings.facets, self.measures)
        if self.measures is None and settings.measures is not None:
            said["measures"] = _without(settings.measures, self.facets)
        columns = {
            name: settings.of(name).model_copy(update={"label": label})
            for name, label in self.labels.items()
        }
        return settings.model_copy(update=said | {"columns": {**settings.columns, **columns}})


def _without(names: tuple[str, ...], taken: tuple[str, ...] | None) -> tuple[str, ...]:
    return tuple(name for name in names if name not in (taken or ()))


def read_table_settings(path: Path) -> TableSettings:
    """Return what a TOML file says of a table.

    Errors: DatasetError, one line, naming the file and the key that is wrong.
    """
    try:
        said: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
        return TableSettings.model_validate(said)
    except OSError as error:
        raise DatasetError(f"{path}: cannot be read: {error.strerror}") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DatasetError(f"{path}: cannot be read as TOML: {error}") from None
    except ValidationError as error:
        fault = error.errors()[0]
        key = ".".join(str(part) for part in fault["loc"])
        raise DatasetError(f"{path}: {key}: {fault['msg']}") from None
