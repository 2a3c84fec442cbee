"""Which kind of table a file is: by the end of its name in any letter case, or by how it begins."""

from __future__ import annotations

from pathlib import Path

PARQUET = (".parquet", ".pq")
TABS = (".tsv", ".tab")
TEXT = (".csv", *TABS)
ARROW = (".arrow", ".feather", ".ipc")
JSON_LINES = (".ndjson", ".jsonl")
JSON = (".json", *JSON_LINES)
SHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
KINDS = (TEXT, PARQUET, ARROW, JSON, SHEETS)
SUFFIXES = tuple(suffix for kind in KINDS for suffix in kind)
PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")

PARQUET_MAGIC = b"PAR1"
ARROW_MAGIC = b"ARROW1"
STREAM_MAGIC = b"\xff\xff\xff\xff"
ZIP_MAGIC = b"PK\x03\x04"


SQLITE, DUCKDB, DUCKDB_AT = b"SQLite format 3\0", b"DUCK", 8
OTHERS = {
    b"<?xml": "XML",
    b"$FL2@(#)": "a file of SPSS",
    b"$FL3@(#)": "a file of SPSS",
    b"<stata_dta>": "a file of Stata",
    b"HEADER RECORD*******": "a file of SAS",
    b"Obj\x01": "an Avro file",
    b"\x89HDF\r\n\x1a\n": "an HDF5 file",
    b"\x93NUMPY": "an array of NumPy",
    b"%PDF-": "a PDF",
}
"""How files of other programs begin, which are no tables here."""


def other_kind(head: bytes) -> str | None:
    """Return in words what a file is that begins so, and what to do; None where it may be a table.

    >>> other_kind(b"%PDF-1.4"), other_kind(b"city,temp")
    ('a PDF; save it as CSV or Parquet', None)
    """
    databases = {"sqlite": head.startswith(SQLITE)}
    databases["duckdb"] = head[DUCKDB_AT:].startswith(DUCKDB)
    for scheme, is_one in databases.items():
        if is_one:
            return f"a database; name a table of it: {scheme}:///path/to/file/table"
    kind = next((what for begin, what in OTHERS.items() if head.startswith(begin)), None)
    return kind and f"{kind}; save it as CSV or Parquet"


def suffix_of(file_name: str) -> str:
    """Return the suffix that tells a file's kind, in lower case; '' where none does.

    >>> suffix_of("Pots.CSV.gz"), suffix_of("pots.txt")
    ('.csv', '')
    """
    suffix = Path(without_packing(file_name.lower())).suffix
    return suffix if suffix in SUFFIXES else ""


def kind_of(file_name: str) -> tuple[str, ...]:
    """Return the suffixes of a file's kind; none where its name does not tell.

    >>> kind_of("a.pq")
    ('.parquet', '.pq')
    """
    suffix = suffix_of(file_name)
    return next((kind for kind in KINDS if suffix in kind), ())


def suffix_by_content(head: bytes) -> str:
    """Return the suffix of the kind that a file begins as; '' for text."""
    if head.startswith(PARQUET_MAGIC):
        return PARQUET[0]
    if head.startswith((ARROW_MAGIC, STREAM_MAGIC)):
        return ARROW[0]
    if head.startswith(ZIP_MAGIC):
        return SHEETS[0]
    return JSON[0] if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[{", b"{")) else ""


def without_packing(file_name: str) -> str:
    """Return a file's name as it is unpacked.

    >>> without_packing("Pots.csv.GZ"), without_packing("pots.zip"), without_packing("pots.csv")
    ('Pots.csv', 'pots', 'pots.csv')
    """
    packed = next((one for one in PACKED if file_name.lower().endswith(one)), "")
    return file_name[: len(file_name) - len(packed)]
