"""The variables of the environment that the settings are, and how each is read and shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from iris_dash.config.settings import OWN, Secret, Settings
from iris_dash.core.errors import SettingsError
from iris_dash.engines import engine_address
from iris_dash.tables.reading.download import is_address, shown_address


@dataclass(frozen=True)
class Key:
    """One variable: the field that it sets, what it means, its default as text.

    `reader` makes the field's value of a text, or raises ValueError saying what is allowed.
    """

    name: str
    field: str
    meaning: str
    shown_default: str
    secret: Secret
    reader: Callable[[str], Any]

    def text(self, environment: Mapping[str, str]) -> str:
        """Return what an environment says, '' if that is nothing."""
        return environment.get(self.name, "").strip()

    def read(self, environment: Mapping[str, str]) -> Any:
        """Return the value that an environment says, None if that is nothing.

        Errors: SettingsError naming variable, value (unless it is secret) and what is allowed.
        """
        text = self.text(environment)
        try:
            return self.reader(text) if text else None
        except ValueError as error:
            shown = f"{self.name}={text!r}" if self.secret == "no" else self.name
            raise SettingsError(f"{shown}: {error}") from None

    def show(self, environment: Mapping[str, str]) -> str:
        """Return what an environment says without what is secret of it, or the default."""
        text = self.text(environment)
        if not text:
            return f"{self.shown_default}  (default)"
        if self.secret == "password":
            return _without_password(text)
        if self.secret == "values":
            return f"(set: {', '.join(self.reader(text))})"
        return text if self.secret == "no" else "(set)"


def _without_password(text: str) -> str:
    address = engine_address(text)
    if address is not None:
        return address.shown
    return shown_address(text) if is_address(text) else text


def _key(field: str, info: FieldInfo) -> Key:
    """Return a field's variable, from what it declares."""
    extra: Any = info.json_schema_extra
    return Key(
        name=str(info.validation_alias or f"{OWN}{field.upper()}"),
        field=field,
        meaning=info.description or "",
        shown_default=extra["shown"],
        secret=extra["secret"],
        reader=next((item for item in info.metadata if callable(item)), str),
    )


KEYS = tuple(_key(field, info) for field, info in Settings.model_fields.items() if info.description)
"""Every variable, in the order of the page of settings."""
