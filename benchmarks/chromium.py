"""A headless Chromium of 1400 x 1000 pixels, with the flags of the tests."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def chromium() -> Iterator[Chrome]:
    """Run a browser of its own for a block."""
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    from page_loads import FLAGS

    options = Options()
    options.binary_location = shutil.which("chromium") or ""
    root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    for flag in (*FLAGS, "--window-size=1400,1000", *root):
        options.add_argument(flag)
    driver = Chrome(service=Service(shutil.which("chromedriver") or ""), options=options)
    driver.set_script_timeout(120)
    try:
        yield driver
    finally:
        driver.quit()


def mouse_at(driver: Chrome, y: float) -> Callable[..., None]:
    """Return what moves, presses and releases a mouse at a height: `kind`, x, and its buttons."""

    def mouse(kind: str, x: float, buttons: int = 1) -> None:
        event = {"type": kind, "x": x, "y": y, "button": "left", "buttons": buttons}
        driver.execute_cdp_cmd("Input.dispatchMouseEvent", {**event, "clickCount": 1})

    return mouse
