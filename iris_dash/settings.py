"""The environment as frozen settings; the environment is passed in, so tests pass a dict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from iris_dash.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_DATA = str(ROOT / "data" / "iris.csv")


@dataclass(frozen=True)
class Settings:
    """How the product runs; every field has an environment variable, listed in the README."""

    data: str = DEFAULT_DATA
    host: str = "127.0.0.1"
    port: int = 8050
    workers: int = 1
    max_body: int = 1_000_000


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings that an environment names; unset or empty means the default.

    Errors: SettingsError naming the key, its value and what is allowed.

    >>> read_settings({"PORT": "9000"}).port
    9000
    """
    defaults = Settings()
    return Settings(
        data=environment.get("IRIS_DASH_DATA") or defaults.data,
        host=environment.get("HOST") or defaults.host,
        port=_whole(environment, "PORT", defaults.port, 0, 65_535),
        workers=_whole(environment, "WEB_CONCURRENCY", defaults.workers, 1, 256),
        max_body=_whole(environment, "IRIS_DASH_MAX_BODY", defaults.max_body, 1_000, 100_000_000),
    )


def _whole(environment: Mapping[str, str], key: str, default: int, low: int, high: int) -> int:
    text = environment.get(key, "").strip()
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingsError(f"{key}={text!r}: expected a whole number from {low} to {high}")
    return int(text)
