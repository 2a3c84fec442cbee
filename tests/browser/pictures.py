"""The pictures of README and docs/, taken anew: `make pictures`, or those that are named."""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from page_loads import chromium
from picture_tables import table_file
from processes import ROOT, SERVE, running
from selenium.webdriver import Chrome
from selenium.webdriver.support.ui import WebDriverWait

WIDE, PHONE = (1_400, 1_000), (360, 800)
PATIENCE = 60
REST_SECONDS = 2
"""No clock of a page says that its last chart has come to rest."""

DRAWN = """
return [...document.querySelectorAll('.js-plotly-plot')].some((chart) => chart.data?.length)
    || document.querySelectorAll('.column-lines tbody tr, .summary tbody tr').length > 3
    || document.querySelector('.is-empty') !== null;
"""


@dataclass(frozen=True)
class Picture:
    """A picture: its name in docs/, of which table, the query of the page, how it is seen."""

    name: str
    table: str
    query: str = ""
    size: tuple[int, int] = WIDE
    is_dark: bool = False


PICTURES = (
    Picture("dashboard", "iris"),
    Picture("dark", "iris", is_dark=True),
    Picture("phone", "iris", size=PHONE),
    Picture("empty", "iris", "?species=setosa&petal_length=5.."),
    Picture("penguins", "penguins"),
    Picture("flights", "flights"),
    Picture("flights-dark", "flights", is_dark=True),
    Picture("flights-phone", "flights", size=PHONE),
    Picture("stocks", "stocks"),
    Picture("weather", "weather"),
    Picture("sensors", "sensors"),
    Picture("ten-million", "ten-million"),
    Picture("columns", "flights", "?_view=columns"),
    Picture("summarise", "flights", "?_view=summarise"),
    Picture("trend", "flights", "?_view=trend&_shown=of:arr_delay&_lines=none"),
)


def take(driver: Chrome, origin: str, picture: Picture) -> None:
    """Take one picture of a page when it is drawn."""
    width, height = picture.size
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < WIDE[0]}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if picture.is_dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
    driver.get(f"{origin}/{picture.query}")
    WebDriverWait(driver, PATIENCE).until(lambda there: there.execute_script(DRAWN))
    time.sleep(REST_SECONDS)
    path = ROOT / "docs" / f"{picture.name}.png"
    driver.save_screenshot(str(path))
    print(path.relative_to(ROOT))


def main() -> None:
    """Take all pictures, or those that are named, table by table."""
    wanted = [one for one in PICTURES if not sys.argv[1:] or one.name in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder, chromium() as driver:
        for table in dict.fromkeys(one.table for one in wanted):
            path = table_file(table, Path(folder))
            with running([*SERVE, str(path)]) as server:
                for picture in wanted:
                    if picture.table == table:
                        take(driver, server.url, picture)


if __name__ == "__main__":
    main()
