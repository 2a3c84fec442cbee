"""The order of a facet's values: that which everybody knows for such words, else natural order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from iris_dash.query.known_scales import NO_ANSWERS, SCALES
from iris_dash.query.value_text import FacetValue

DIGITS = re.compile(r"([0-9]+)")
APART = re.compile(r"[\s_\-–—]+")
"""What parts the words of a step: `very-good`, `very_good`, `Very good`."""

NUMBER = r"[-−]?[$€£]?\s?(?:[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]+)(?:\.[0-9]+)?\s?[kKmM]?(?![A-Za-z])"
LESS = r"<=?|≤|under|below|less than|fewer than|younger than|up to|at most|no more than"
MORE = r">=?|≥|over|above|more than|older than|greater than|at least"
OR_LESS = r"(?:or|and) (?:less|fewer|under|younger|below|lower|up to)"
OR_MORE = r"\+|plus|(?:or|and) (?:more|over|older|above|up|higher|greater)"
UNIT = r"[^0-9]*"
RANGE = re.compile(
    rf"(?P<before>[^0-9<>≤≥+]*?)[(\[]?(?P<low>{NUMBER}) ?(?:-|–|—|~|\.\.|,|to|and|until) ?"
    rf"(?P<high>{NUMBER})[)\]]?(?P<after>{UNIT})"
)
AT_MOST = re.compile(
    rf"(?P<before>)(?:{LESS}) ?(?P<high>{NUMBER})(?P<after>{UNIT})"
    rf"|(?P<before2>[^0-9]*?)(?P<high2>{NUMBER})(?P<after2>{UNIT}?)"
    rf" ?(?:{OR_LESS})(?P<after3>{UNIT})"
)
AT_LEAST = re.compile(
    rf"(?P<before>)(?:{MORE}) ?(?P<low>{NUMBER})(?P<after>{UNIT})"
    rf"|(?P<before2>[^0-9]*?)(?P<low2>{NUMBER})(?P<after2>{UNIT}?)"
    rf" ?(?:{OR_MORE})(?P<after3>{UNIT})"
)
ALONE = re.compile(rf"(?P<before>[^0-9]*?)(?P<low>{NUMBER})(?P<after>{UNIT})")

LONGEST_STEP = 200
"""Letters of a text that may be a step or a band: to look at 20 million takes 16 seconds."""

Key = tuple[Any, ...]


def in_known_order(values: Iterable[FacetValue]) -> tuple[FacetValue, ...]:
    """Return a facet's distinct values in the order that everybody knows, the missing one last.

    Where all texts are steps of one known scale (weekdays, sizes, agreement), or bands of numbers
    ("18-24", "65+"), in its order; what is no answer ("don't know") behind them. Else in natural
    order: letter case ignored, digits by the number that they write; false before true.

    >>> in_known_order(["High", "Low", None, "Medium"])
    ('Low', 'Medium', 'High', None)
    >>> in_known_order(["item 10", "Item 2", "item 1"])
    ('item 1', 'Item 2', 'item 10')
    """
    given = list(values)
    texts = [value for value in given if isinstance(value, str)]
    numbers = [value for value in given if isinstance(value, int)]
    missing = [value for value in given if value is None]
    return (*sorted(numbers), *sorted(texts, key=_text_key(texts)), *missing)


def natural_key(text: str) -> Key:
    """Return what a text is sorted by: letter case ignored, digits by value; then as written."""
    pieces = DIGITS.split(text.casefold())
    # A number by how many digits it has: of any length, and not read as one.
    keys = [_digits_key(one) if at % 2 else one for at, one in enumerate(pieces)]
    return (keys, text)


def _digits_key(digits: str) -> tuple[int, str]:
    bare = digits.lstrip("0")
    return len(bare), bare


def _text_key(texts: Sequence[str]) -> Callable[[str], Key]:
    may_be_steps = all(len(text) <= LONGEST_STEP for text in texts)
    places = may_be_steps and (_scale_places(texts) or _band_places(texts))
    if not places:
        return natural_key
    # Two ways to write one step stand beside each other.
    return lambda text: (places[text], natural_key(text))


def _scale_places(texts: Sequence[str]) -> dict[str, Any] | None:
    """Return the place of each text on the scale that has them all; None where none has."""
    steps = {text: _step(text) for text in texts}
    answers = {step for step in steps.values() if step not in NO_ANSWERS}
    for words in ({answer: answer for answer in answers}, _without_noun(answers)):
        written = set(words.values())
        for scale in SCALES:
            if not written <= scale.keys():
                continue
            found = {answer: scale.get(word) for answer, word in words.items()}
            if len({*found.values()}) > 1:
                return {text: found.get(step, len(scale)) for text, step in steps.items()}
    return None


def _step(text: str) -> str:
    return APART.sub(" ", text.strip().strip(".").casefold()).strip()


def _without_noun(answers: set[str]) -> dict[str, str]:
    """Return the answers without the last word that all of them have: `slightly important`."""
    ends = {answer.rpartition(" ")[2] for answer in answers}
    return {a: a.rpartition(" ")[0] for a in answers} if len(ends) == 1 else {}


def _band_places(texts: Sequence[str]) -> dict[str, Any] | None:
    """Return the lower and the upper end of each text; None where not all are bands of one unit."""
    places: dict[str, Any] = {}
    units, has_band = set(), False
    for text in texts:
        if _step(text) in NO_ANSWERS:
            places[text] = (float("inf"), float("inf"), 1)
            continue
        band = _band(" ".join(text.casefold().split()))
        if band is None:
            return None
        low, high, unit = band
        if low > high:
            return None
        places[text] = (low, high, 0)
        units.add(unit)
        has_band |= low < high
    return places if has_band and len(units - {""}) < 2 else None


def _band(text: str) -> tuple[float, float, str] | None:
    if found := RANGE.fullmatch(text):
        return _number(found["low"]), _number(found["high"]), _unit(found)
    if found := AT_MOST.fullmatch(text):
        return -float("inf"), _number(found["high"] or found["high2"]), _unit(found)
    if found := AT_LEAST.fullmatch(text):
        return _number(found["low"] or found["low2"]), float("inf"), _unit(found)
    if found := ALONE.fullmatch(text):
        return _number(found["low"]), _number(found["low"]), _unit(found)
    return None


def _unit(found: re.Match[str]) -> str:
    """Return the words around a band's numbers, plural or not."""
    said = " ".join(piece for name, piece in found.groupdict().items() if piece and name[0] in "ba")
    return " ".join(word.rstrip("s") for word in re.sub(r"[()\[\]$€£]", "", said).split())


def _number(text: str) -> float:
    bare = re.sub(r"[,\s$€£]", "", text).replace("−", "-")
    thousands = {"k": 1e3, "m": 1e6}.get(bare[-1], 1.0)
    return float(bare.rstrip("km")) * thousands
