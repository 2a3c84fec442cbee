"""The published answers of the service that this product replaces."""

import json

import pytest
from sample_tables import ROOT

PUBLISHED = json.loads((ROOT / "tests" / "golden" / "published_answers.json").read_text())


def by_content(objects):
    return sorted(objects, key=lambda o: tuple((k, str(v)) for k, v in sorted(o.items())))


def assert_same_objects(found, expected):
    assert len(found) == len(expected)
    for one, other in zip(by_content(found), by_content(expected), strict=True):
        assert one == pytest.approx(other, abs=1e-9)
