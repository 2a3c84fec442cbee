"""How pandas, Polars and DuckDB are told to open a text table, each of its columns as text."""

from __future__ import annotations

import glob
import re

from iris_dash.copy_as.file_content import OPENERS
from iris_dash.copy_as.python_text import bracketed, call_text, literal, raw
from iris_dash.query.text_form import TextForm
from iris_dash.tables.reading.download import address_file, is_address

SUFFIXES = {"gzip": ".gz", "bzip2": ".bz2", "Zstandard": ".zst", "zip": ".zip"}
"""How the name of a packed file ends, by which libraries know that it is packed."""

PANDAS_PACKINGS = {"gzip": "gzip", "bzip2": "bz2", "zip": "zip"}
POLARS_PACKINGS = ("", "gzip", "Zstandard")
"""Those that it knows by a file's content."""

DUCKDB_PACKINGS = {"gzip": "gzip", "Zstandard": "zstd"}
UTF_8 = ("utf-8", "utf-8-sig")
LATIN_1 = ("iso8859-1", "cp1252")
LONGEST_FIELD = "1 << 27"
END_MARK = r"\x1a[\x1a\r\n]*$"

CSV = "header = true", "quote = '\"'", "escape = '\"'", "comment = ''"
"""How DuckDB is to read a CSV file, of which it would guess all this."""

PLAIN_NAME = re.compile(r"[^\W\d_]\w{2,}( \w+)*")
"""Names by which DuckDB knows a header where it is not told the columns."""


def in_pandas(form: TextForm, source: str) -> list[str] | None:
    """Return the lines that make `df` a pandas frame of texts; None where they would not."""
    if form.mended:
        return _by_rows(form, source, "pandas")
    if form.packing not in ("", *PANDAS_PACKINGS):
        return None
    given = [literal(source)]
    given += [f"sep={literal(form.separator)}"] * (form.separator != ",")
    given += [f"encoding={literal(form.encoding)}"] * (form.encoding not in UTF_8)
    given += [f"compression={literal(PANDAS_PACKINGS.get(form.packing))}"] * _misleads(form, source)
    given += [f"skiprows={form.skip}"] * bool(form.skip)
    given += ["header=0", f"names={literal(form.names)}"] * (form.names != form.header)
    given += [
        'dtype="str"',
        "keep_default_na=False",
        'na_values=[""]',
        f"skip_blank_lines={len(form.names) > 1}",
    ]
    lines = ["import pandas as pd", "", f"df = {call_text('pd.read_csv', given)}"]
    return lines + _pandas_rest(form)


def _pandas_rest(form: TextForm) -> list[str]:
    lines = ["df = df.iloc[:, 1:]"] if form.left_out else []
    if form.missing:
        texts = f"text.str.strip().isin({literal(form.missing)})"
        lines.append(f"df = df.mask(df.apply(lambda text: {texts}))")
    return lines


def in_polars(form: TextForm, source: str) -> list[str] | None:
    """Return the lines that make `df` a Polars frame of texts; None where they would not."""
    decoded = form.encoding not in UTF_8 and bool(form.packing)
    if (
        form.mended
        or form.has_blank_lines
        or form.has_returns
        or decoded
        or form.packing not in POLARS_PACKINGS
    ):
        return _by_rows(form, source, "polars")
    given = [literal(source)]
    given += [f"separator={literal(form.separator)}"] * (form.separator != ",")
    given += [f"encoding={literal(form.encoding)}"] * (form.encoding not in UTF_8)
    given += [f"skip_lines={form.skip}"] * bool(form.skip)
    given += ["glob=False"] * _is_like_pattern(source)
    given += ["infer_schema=False", 'null_values=""']
    if form.names != form.header or any('"' in name for name in form.header):
        # Polars leaves the quotes in a quoted name doubled.
        given.append(f"new_columns={literal(form.names)}")
    lines = ["import polars as pl", "", f"df = {call_text('pl.read_csv', given)}"]
    return lines + _polars_rest(form)


def _polars_rest(form: TextForm) -> list[str]:
    lines = ["df = df[:, 1:]"] if form.left_out else []
    if form.missing:
        texts = f"pl.all().str.strip_chars().is_in({literal(form.missing)})"
        lines.append(f"df = df.with_columns(pl.when(~{texts}).then(pl.all()))")
    return lines


def _by_rows(form: TextForm, source: str, library: str) -> list[str] | None:
    """Return the lines that read a table row by row in plain Python, then make a frame of it."""
    web = is_address(source)
    module = OPENERS.get(form.packing)
    if form.packing and not module:
        return None
    modules = {"csv", module, "re" if form.mended and form.mended.has_end_mark else None}
    modules |= {"io"} if web and not module else set()
    imports = [f"import {name}" for name in sorted(name for name in modules if name)]
    imports += ["from urllib.request import urlopen"] * web
    short = {"pandas": "pd", "polars": "pl"}[library]
    given = [f"urlopen({literal(source)})" if web else literal(source)]
    given += ['"rt"'] * bool(module)
    encoding = "utf-8-sig" if form.encoding in UTF_8 else form.encoding
    given += [f"encoding={literal(encoding)}", 'newline=""']
    opener = f"{module}.open" if module else "io.TextIOWrapper" if web else "open"
    lines = [*imports, "", f"import {library} as {short}", ""]
    lines += [f"csv.field_size_limit({LONGEST_FIELD})"]
    lines += [f"with {call_text(opener, given)} as file:"]
    if form.skip:
        lines += [f"    for _ in range({form.skip}):", "        next(file)"]
    lines += [f"    {line}" for line in _rows(form)]
    if form.names != form.header:
        lines.append(f"names = {bracketed('[', map(literal, form.names), ']')}")
    if form.mended:
        lines.append('rows = [(row + [""] * len(names))[: len(names)] for row in rows]')
    if library == "pandas":
        lines.append('df = pd.DataFrame(rows, columns=names, dtype="str")')
        return [*lines, 'df = df.mask(df == "")', *_pandas_rest(form)]
    lines.append('df = pl.DataFrame(rows, dict.fromkeys(names, pl.String), orient="row")')
    return [*lines, 'df = df.with_columns(pl.all().replace("", None))', *_polars_rest(form)]


def _rows(form: TextForm) -> list[str]:
    """Return the lines that read the header and the rows."""
    read, lines = "file", []
    if form.mended and form.mended.has_end_mark:
        read = "lines"
        lines.append(f'lines = (re.sub({raw(END_MARK)}, "", line) for line in file)')
    given = [read] + [f"delimiter={literal(form.separator)}"] * (form.separator != ",")
    is_skipped = form.mended and (form.mended.blanks_before or form.separator == " ")
    given += ["skipinitialspace=True"] * bool(is_skipped)
    lines.append(f"reader = {call_text('csv.reader', given)}")
    if len(form.names) == 1:
        return [*lines, 'names, *rows = [row or [""] for row in reader]']
    is_row = 'len(row) > 1 or "".join(row).strip()' if form.mended else "row"
    return [*lines, f"names, *rows = [row for row in reader if {is_row}]"]


def in_duckdb(form: TextForm, source: str) -> list[str] | None:
    """Return the arguments of DuckDB's `read_csv`; None where it would give other texts."""
    if form.mended and not form.mended.plain_fields:
        return None
    if "\n" in "".join(form.header):
        return None  # It takes the lines of a name for rows.
    if form.has_mixed_ends and len(form.names) == 1:
        return None  # A last CR LF behind an LF is one more row to it (2.0.1).
    if form.separator in form.header[0]:
        return None  # Behind a byte-order mark it may end that name there (2.0.1).
    if form.has_returns or form.packing not in ("", *DUCKDB_PACKINGS):
        return None
    encoding = ""
    if form.encoding not in UTF_8:
        encoding = _duckdb_encoding(form)
        if not encoding or form.packing:
            return None
    separator = repr(form.separator) if form.separator != "'" else "''''"
    options = [f"delim = {separator}", *CSV]
    options += [f"encoding = '{encoding}'"] * bool(encoding)
    if _misleads(form, source):
        options.append(f"compression = '{DUCKDB_PACKINGS.get(form.packing, 'none')}'")
    options += [f"skip = {form.skip}"] * bool(form.skip)
    mending = "strict_mode = false", "null_padding = true", "parallel = false"
    options += mending * bool(form.mended or form.has_mixed_ends)
    file = sql_text(glob.escape(source) if _is_like_pattern(source) else source)
    if len(options) == len(CSV) + 1 and all(map(PLAIN_NAME.fullmatch, form.header)):
        return [file, ", ".join((*options, "all_varchar = true"))]
    columns = ", ".join(f"{sql_text(name)}: 'VARCHAR'" for name in form.names)
    return [file, ", ".join((*options, "auto_detect = false")), f"columns = {{{columns}}}"]


def _duckdb_encoding(form: TextForm) -> str:
    if form.encoding == "utf-16":
        return "utf-16"
    return "latin-1" if form.encoding in LATIN_1 and form.is_latin_1 else ""


def sql_text(text: str) -> str:
    """Return a text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def _misleads(form: TextForm, source: str) -> bool:
    """Return whether a file's name does not tell how it is packed."""
    name = (address_file(source) if is_address(source) else source).lower()
    told = next((kind for kind, suffix in SUFFIXES.items() if name.endswith(suffix)), "")
    return told != form.packing


def _is_like_pattern(source: str) -> bool:
    return not is_address(source) and glob.has_magic(source)
