"""How plain Python reads the bytes of a file that is packed, or at a web address."""

from __future__ import annotations

from dataclasses import dataclass

from iris_dash.copy_as.python_text import literal
from iris_dash.tables.reading.download import is_address

OPENERS = {"gzip": "gzip", "bzip2": "bz2"}
"""Python's modules for packed files."""


@dataclass(frozen=True)
class Content:
    """Lines that make `content` a file's bytes, and what they import."""

    imports: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()

    def head(self, *libraries: str, standard: str = "") -> list[str]:
        """Return the lines with which a text begins: what is imported, then the content's own.

        `standard` is one more module of Python's own.
        """
        own = sorted({*self.imports, *([f"import {standard}"] if standard else [])})
        others = [f"import {name}" for name in libraries]
        return [*own, *[""] * bool(own), *others, "", *self.lines]


def content_of(packing: str, source: str) -> Content | None:
    """Return how the bytes of a file are read; None where Python has no module for its packing."""
    file, imports = literal(source), set[str]()
    if is_address(source):
        file = f"urlopen({file})"
        imports.add("from urllib.request import urlopen")
    if packing == "zip":
        imports |= {"import zipfile"}
        if is_address(source):
            file = f"io.BytesIO({file}.read())"
            imports.add("import io")
        lines = [f"with zipfile.ZipFile({file}) as archive:"]
        lines.append("    content = archive.read(archive.namelist()[0])")
        return Content(tuple(imports), tuple(lines))
    if packing:
        if packing not in OPENERS:
            return None
        imports.add(f"import {OPENERS[packing]}")
        file = f"{OPENERS[packing]}.open({file})"
    return Content(tuple(imports), (f"with {file} as file:", "    content = file.read()"))
