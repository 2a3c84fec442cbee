"""Where the project is, and a small table with gaps that many tests ask."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

PETS = {
    "kind": ["cat", "dog", "cat", None, "dog", "cat"],
    "tame": [True, False, True, True, None, False],
    "weight": [4.0, 20.5, None, 1.25, 8.0, 3.0],
    "legs": [4, 4, 3, 4, 4, 4],
    "name": ["Tom", "Rex", "Kit", "Ada", "Bo", "Mia"],
}
