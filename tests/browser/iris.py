"""The default table by plain Python: what the stories expect, never through iris_dash."""

from __future__ import annotations

import csv
import time

from pages import Page
from sample_tables import ROOT

Flower = dict[str, str]

FLOWERS: list[Flower] = list(csv.DictReader((ROOT / "data" / "iris.csv").read_text().splitlines()))
MEASURES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
SPECIES = ("setosa", "versicolor", "virginica")
ALL_TICKED = dict.fromkeys(SPECIES, (True, "50"))
GESTURE_SECONDS = 1.0


def flowers(*species: str, **bounds: tuple[float, float]) -> list[Flower]:
    """Return the flowers of the species (none: all) within the bounds, in the file's order."""
    return [
        flower
        for flower in FLOWERS
        if (not species or flower["species"] in species)
        and all(low <= float(flower[name]) <= high for name, (low, high) in bounds.items())
    ]


def flowers_of_controls(page: Page) -> list[Flower]:
    """Return the flowers that the page's ticks and numbers describe."""
    bounds = {
        label.lower().replace(" ", "_"): (float(low), float(high))
        for label, (low, high) in page.bounds().items()
    }
    ticked = page.ticked()
    return [flower for flower in flowers(**bounds) if flower["species"] in ticked]


def as_rows(some: list[Flower]) -> list[list[str]]:
    """Return flowers as the table shows them."""
    return [list(flower.values()) for flower in some]


def pause(page: Page) -> None:
    """Do nothing for so long that the next change is a step of its own in the history."""
    page.settle()  # or the address of the last change may yet be written
    time.sleep(GESTURE_SECONDS)
