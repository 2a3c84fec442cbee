"""What a browser loads of a page: bytes over the wire, and when the first chart is drawn."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
PATIENCE = 90
QUIET_SECONDS = 1.0

# The first mark of a scatter, set down when it comes.
WATCH = """
new MutationObserver((changes, observer) => {
  if (!document.querySelector(".js-plotly-plot .scatterlayer .points path")) return;
  window.firstChart = performance.now();
  observer.disconnect();
}).observe(document, {childList: true, subtree: true});
"""
# What the page itself knows of its loading; of what is under way nothing.
TRANSFERS = """
return performance.getEntries().filter(entry => "transferSize" in entry)
    .map(entry => [entry.name, entry.transferSize]);
"""


@dataclass(frozen=True)
class PageLoad:
    """One load of a page: how many bytes each address took, and milliseconds to the first chart."""

    sizes: dict[str, int]
    first_chart: float

    @property
    def size(self) -> int:
        """Bytes over the wire, headers included."""
        return sum(self.sizes.values())


def page_loads(url: str, times: int = 2) -> list[PageLoad]:
    """Load a page in a new browser, then again as a person does who comes back."""
    with chromium() as driver:
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
        return [_load(driver, url) for _ in range(times)]


@contextmanager
def chromium() -> Iterator[Chrome]:
    """Run a new browser, which tells what it loads, for the length of a block."""
    options = Options()
    options.binary_location = shutil.which("chromium") or ""
    for flag in FLAGS:
        options.add_argument(flag)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    driver = Chrome(service=Service(shutil.which("chromedriver") or ""), options=options)
    try:
        yield driver
    finally:
        driver.quit()


def _load(driver: Chrome, url: str) -> PageLoad:
    driver.get_log("performance")
    driver.get(url)
    asked: dict[str, str] = {}
    sizes: dict[str, int] = {}
    known: list[tuple[str, int]] = []
    last, until = time.monotonic(), time.monotonic() + PATIENCE
    # Until the chart stands and for a while nothing was asked nor is under way.
    while True:
        for line in driver.get_log("performance"):
            message = json.loads(line["message"])["message"]
            number = message["params"].get("requestId")
            if message["method"] == "Network.requestWillBeSent":
                address = message["params"]["request"]["url"]
                if address.startswith(url):
                    asked[number] = address.removeprefix(url)
                    last = time.monotonic()
            elif message["method"] == "Network.loadingFinished" and number in asked:
                sizes[number] = int(message["params"]["encodedDataLength"])
                last = time.monotonic()
        before, known = len(known), driver.execute_script(TRANSFERS)
        if len(known) > before:
            last = time.monotonic()
        drawn = driver.execute_script("return window.firstChart || null")
        if drawn and len(sizes) == len(asked) and time.monotonic() - last > QUIET_SECONDS:
            break
        if time.monotonic() > until:
            missing = [asked[number] for number in asked if number not in sizes]
            raise AssertionError(f"not loaded in {PATIENCE} s: chart {drawn}, waiting {missing}")
        time.sleep(0.05)
    found = [(asked[number], size) for number, size in sizes.items()]
    if "" not in asked.values():
        # Chromedriver's log has lacked a whole tab's requests now and then.
        found = [(name.removeprefix(url), size) for name, size in known if name.startswith(url)]
    total: dict[str, int] = {}
    for address, size in found:
        total[address] = total.get(address, 0) + size
    return PageLoad(total, drawn)
