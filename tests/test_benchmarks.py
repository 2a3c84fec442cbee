"""What the benchmarks ask is what the product answers."""

from __future__ import annotations

from benchmarks import callback
from iris_dash.config.settings import Settings
from iris_dash.web.app import create_app


def test_the_dashboards_callback_is_answered() -> None:
    client = create_app(settings=Settings(log="none")).server.test_client()
    spec = callback.specification(client.get("/_dash-dependencies").get_json())
    asked = callback.body(spec, {"sepal_length": [5.0, 5.1]})
    answer = client.post("/_dash-update-component", json=asked)
    assert answer.status_code == 200
    assert answer.get_json()["response"]["answered"]["data"]["rows"] == "sepal_length=5.0..5.1"
