"""Settings come from the environment, typed; a bad value is one line."""

import pytest

from iris_dash import SettingsError
from iris_dash.settings import Settings, options_environment, read_settings
from iris_dash.table_settings import TableOptions


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
            "IRIS_DASH_FACETS": "glaze, kiln",
            "IRIS_DASH_MEASURES": '["height, outside"]',
            "IRIS_DASH_LABELS": '{"glaze": "Glaze"}',
            "IRIS_DASH_TITLE": "Pots",
            "IRIS_DASH_ROWS": "pots",
            "IRIS_DASH_SETTINGS": "pots.toml",
            "DATABASE_URL": "postgres://host/never/asked",
        }
    )
    options = TableOptions(
        facets=("glaze", "kiln"),
        measures=("height, outside",),
        labels={"glaze": "Glaze"},
        title="Pots",
        rows="pots",
    )
    assert read == Settings("a.csv", "pots.toml", "0.0.0.0", 80, 3, 2000, options)


@pytest.mark.parametrize(
    ("url", "table", "data"),
    [
        ("postgres://u:p@host:5432/db", "", "postgres://u:p@host:5432/db"),
        (
            "postgres://u:p@host/db?sslmode=require",
            "a b",
            "postgres://u:p@host/db/a%20b?sslmode=require",
        ),
        ("postgresql://host/db/", "public.pots", "postgresql://host/db/public.pots"),
    ],
)
def test_a_database_is_named_as_hosters_do(url, table, data):
    read = read_settings({"DATABASE_URL": url, "IRIS_DASH_TABLE": table})
    assert read.data == data
    assert "u:p" not in repr(read)


def test_a_database_that_is_none_is_refused_without_its_password():
    with pytest.raises(SettingsError, match="expected the address") as caught:
        read_settings({"DATABASE_URL": "nothing://u:secret@host/db"})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        TableOptions(),
        TableOptions(facets=(), measures=("a,b", '"', "[é]")),
        TableOptions(labels={"a=b": "=", "": ""}, title="Ünï", rows="x\ny"),
    ],
)
def test_options_survive_the_environment(options):
    assert read_settings(options_environment(options)).options == options


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("IRIS_DASH_FACETS", "[1]", 'expected names such as a,b or ["a", "b"]'),
        ("IRIS_DASH_MEASURES", '["a"', "expected names"),
        ("IRIS_DASH_LABELS", "glaze=Glaze", "expected a label per column"),
        ("IRIS_DASH_LABELS", '{"glaze": 1}', "expected a label per column"),
        ("IRIS_DASH_LABELS", "null", "expected a label per column"),
    ],
)
def test_a_bad_option_names_key_value_and_what_is_allowed(key, value, words):
    with pytest.raises(SettingsError) as caught:
        read_settings({key: value})
    assert str(caught.value).startswith(f"{key}={value!r}: ")
    assert words in str(caught.value)


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
