"""What the Dockerfile says of the image, and the Compose files there are."""

from __future__ import annotations

import json

from sample_tables import ROOT

from iris_dash.config.variables import KEYS

NAMES = {key.name for key in KEYS}


def dockerfile() -> dict[str, list[str]]:
    """The instructions of the Dockerfile's last stage and what they say, in order."""
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    found: dict[str, list[str]] = {}
    for line in text.rpartition("\nFROM ")[2].splitlines()[1:]:
        name, _, said = line.strip().partition(" ")
        if name and not name.startswith("#"):
            found.setdefault(name, []).append(said.strip())
    return found


def image_environment() -> dict[str, str]:
    said = " ".join(dockerfile()["ENV"])
    return dict(part.split("=", 1) for part in said.split())


def image_command() -> list[str]:
    command: list[str] = json.loads(dockerfile()["CMD"][-1])
    return command


COMPOSE = ("compose.yaml", "compose.dev.yaml", "compose.tls.yaml")
