"""Settings come from the environment, typed; a bad value is one line."""

import pytest

from iris_dash import SettingsError
from iris_dash.settings import Settings, read_settings


def test_an_empty_environment_gives_the_defaults():
    assert read_settings({}) == Settings()
    assert read_settings({"PORT": "", "HOST": "", "IRIS_DASH_DATA": ""}) == Settings()
    assert (Settings().host, Settings().port) == ("127.0.0.1", 8050)


def test_every_variable_is_read():
    read = read_settings(
        {
            "IRIS_DASH_DATA": "a.csv",
            "HOST": "0.0.0.0",
            "PORT": "80",
            "WEB_CONCURRENCY": "3",
            "IRIS_DASH_MAX_BODY": "2000",
        }
    )
    assert read == Settings("a.csv", "0.0.0.0", 80, 3, 2000)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("PORT", "8050.0"),
        ("PORT", "²"),
        ("WEB_CONCURRENCY", "0"),
        ("IRIS_DASH_MAX_BODY", "1"),
    ],
)
def test_a_bad_value_names_key_value_and_what_is_allowed(key, value):
    with pytest.raises(SettingsError, match=f"{key}=.*expected a whole number from") as caught:
        read_settings({key: value})
    assert repr(value) in str(caught.value)
