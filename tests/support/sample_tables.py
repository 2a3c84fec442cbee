"""Where the project is, and a small table with gaps that many tests ask."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PETS = {
    "kind": ["cat", "dog", "cat", None, "dog", "cat"],
    "tame": [True, False, True, True, None, False],
    "weight": [4.0, 20.5, None, 1.25, 8.0, 3.0],
    "legs": [4, 4, 3, 4, 4, 4],
    "name": ["Tom", "Rex", "Kit", "Ada", "Bo", "Mia"],
}

CITY_NAMES = ["Oslo", "Tromsø", "Łódź", "Zürich", "Orléans", *(f"City {n:02}" for n in range(35))]

CITIES = "city,coast,zone," + ",".join(f"quantity number {n}" for n in range(9)) + "\n"
"""Eighty rows: forty cities, every one twice, the second time at the coast; the first never."""
CITIES += "".join(
    f"{CITY_NAMES[row % 40]},{'yes' if row >= 40 and row % 40 else 'no'},z{row % 5},"
    + ",".join(str(row + n) for n in range(9))
    + "\n"
    for row in range(80)
)
