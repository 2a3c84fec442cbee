"""The product from a wheel and from an sdist, in other folders than its sources'."""

from __future__ import annotations

import json
import tarfile
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from installed import build, install, run
from pages import Page, story
from processes import running
from sample_tables import ROOT
from selenium.webdriver import Chrome

# dash[testing] pins an old Selenium, which asks urllib3 the old way.
pytestmark = pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")

ASK = """
import json, iris_dash
means = iris_dash.get_mean(iris_dash.IrisQuery(species="setosa"))
print(json.dumps([iris_dash.__file__, iris_dash.default_explorer().schema.title, means]))
"""


@dataclass
class Installed:
    """What was built, and the folder of the commands that it brought."""

    built: Path
    commands: Path


@pytest.fixture(scope="module", params=["wheel", "sdist"])
def installed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Installed:
    built = build(request.param, tmp_path_factory.mktemp("built"))
    return Installed(built, install(built, tmp_path_factory.mktemp("elsewhere")))


@pytest.fixture
def third(tmp_path: Path) -> Path:
    """A folder with a table and nothing else."""
    (tmp_path / "pots.csv").write_text("glaze,height\nblue,1.5\ngreen,2.5\nblue,3.5\n")
    return tmp_path


def read(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read().decode()


def content(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_the_library_answers(installed: Installed, third: Path) -> None:
    file, title, means = json.loads(run([installed.commands / "python", "-c", ASK], third))
    assert Path(file).is_relative_to(installed.commands.parent)
    assert title == "Iris"  # as the file of settings beside it says
    assert means[0]["mean_sepal_length"] == pytest.approx(5.006)  # Fisher's


@pytest.mark.parametrize("command", [["iris-dash"], ["python", "-m", "iris_dash"]], ids=" ".join)
def test_each_command_is_there(installed: Installed, third: Path, command: list[str]) -> None:
    name, *arguments = command
    said = run([installed.commands / name, *arguments, "settings"], third)
    data = next(line.split()[1] for line in said.splitlines() if line.startswith("IRIS_DASH_DATA"))
    assert "iris" in data


def test_a_table_of_a_third_folder_is_served(
    installed: Installed, third: Path, driver: Chrome
) -> None:
    command = [str(installed.commands / "iris-dash"), "serve", "pots.csv"]
    with running(command, folder=third) as server:
        stranger = story(Page(driver, server.url))
        page = next(stranger)
        page.open()
        page.expect_count(3, "3 rows")
        page.settle()
        page.expect(page.rows, [["● blue", "1.5"], ["◆ green", "2.5"], ["● blue", "3.5"]])
        page.expect(lambda: [trace["name"] for trace in page.figure("means")], ["blue", "green"])
        page.open("/docs/")
        page.find(".opblock")
        next(stranger, None)
        assert "swagger-ui-bundle.js" in read(f"{server.url}/docs/")
        assert json.loads(read(f"{server.url}/range/?glaze=green")) == [
            {"glaze": "green", "height": 2.5}
        ]
        assert server.printed().count("\n") == 1


def test_an_sdist_builds_the_wheel_that_the_sources_build(tmp_path: Path) -> None:
    with tarfile.open(build("sdist", tmp_path / "sdist")) as file:
        file.extractall(tmp_path / "sources", filter="data")
    (unpacked,) = (tmp_path / "sources").iterdir()
    direct = content(build("wheel", tmp_path / "direct"))
    assert content(build("wheel", tmp_path / "again", unpacked)) == direct
    for folder in ("assets", "data"):
        shipped = {path for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert {f"iris_dash/{path.relative_to(ROOT)}" for path in shipped} <= set(direct)
