"""How many examples a property is tried with, as a share of the profile that runs."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

LEAST = 5


def examples(share: float = 1, *suppressed: HealthCheck) -> settings:
    """Return a property's settings: a share of the profile's examples, but a few at least."""
    profile = settings()
    return settings(
        max_examples=max(LEAST, round(share * profile.max_examples)),
        suppress_health_check=[*profile.suppress_health_check, *suppressed],
    )
