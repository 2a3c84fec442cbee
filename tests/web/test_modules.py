"""The page's scripts: one file with all modules, as long as they are those that it was made of."""

from __future__ import annotations

import pytest

from iris_dash.core.resources import ASSETS
from iris_dash.web.dash_backend import BUNDLE, asset_url, bundle_line, fingerprint, module_urls


def test_the_file_is_of_the_modules_as_they_are():
    first, _, rest = (ASSETS / BUNDLE).read_bytes().partition(b"\n")
    assert first + b"\n" == bundle_line(ASSETS / "scripts"), "run make bundle"
    assert len(rest) > 10_000


@pytest.fixture
def folder(tmp_path):
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    for name in ("asking.mjs", "main.mjs", "zoom.mjs"):
        (scripts / name).write_text(f"// {name}\n")
    return scripts


def test_without_the_file_the_page_takes_each_module_the_main_one_first(folder):
    where = f"assets/scripts/v-{fingerprint(folder)}"
    names = ("main.mjs", "asking.mjs", "zoom.mjs")
    assert module_urls(folder) == [f"{where}/{name}" for name in names]


@pytest.mark.parametrize("change", ["another text", "one more", "one less"])
def test_of_changed_modules_the_file_is_not_taken(folder, change):
    bundle = folder.parent / BUNDLE
    bundle.write_bytes(bundle_line(folder) + b"all of them")
    assert module_urls(folder) == [asset_url(bundle)]
    match change:
        case "another text":
            (folder / "asking.mjs").write_text("// other\n")
        case "one more":
            (folder / "more.mjs").write_text("")
        case _:
            (folder / "zoom.mjs").unlink()
    found = module_urls(folder)
    assert len(found) == len([*folder.iterdir()])
    assert found[0] == f"assets/scripts/v-{fingerprint(folder)}/main.mjs"
