"""The sums of two loads of the page in a browser."""

from __future__ import annotations

import pytest
from page_loads import page_loads

FIRST_LOAD = 1_200_000
SECOND_LOAD = 50_000


@pytest.mark.filterwarnings("ignore:HTTPResponse.getheader:DeprecationWarning")
def test_two_loads_of_the_page_in_a_browser(server_url):
    first, second = page_loads(f"{server_url}/")
    assert any("plotly" in path for path in first.sizes)
    assert 500_000 < first.size <= FIRST_LOAD, first.sizes
    assert 1_000 < second.size <= SECOND_LOAD, second.sizes
