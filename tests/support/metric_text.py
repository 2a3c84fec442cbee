"""What `/metrics` says, read by Prometheus's own parser."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families


def parsed(text: str) -> dict[tuple, float]:
    order = ["route", "method", "status", "le"]
    return {
        (
            sample.name,
            *(sample.labels.pop(name) for name in order if name in sample.labels),
            *sample.labels.values(),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
