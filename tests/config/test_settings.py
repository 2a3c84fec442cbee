"""Settings come from the environment, typed; a bad value is one line."""

import pytest

from iris_dash import SettingsError
from iris_dash.config.environment import options_environment, read_settings, settings_lines
from iris_dash.config.settings import Settings
from iris_dash.config.variables import KEYS
from iris_dash.tables.description import TableOptions


def test_an_empty_environment_gives_the_defaults():
    assert read_settings({}) == Settings()
    assert read_settings({"PORT": "", "HOST": "", "IRIS_DASH_DATA": ""}) == Settings()
    assert (Settings().host, Settings().port) == ("127.0.0.1", 8050)


def test_settings_themselves_read_no_environment(monkeypatch):
    monkeypatch.setenv("PORT", "81")
    monkeypatch.setenv("IRIS_DASH_MAX_BODY", "2000")
    assert (Settings().port, Settings(port=82).port, Settings().max_body) == (8050, 82, 1_000_000)


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
    assert read.options == options
    assert read == Settings(
        data="a.csv",
        described_by="pots.toml",
        host="0.0.0.0",
        port=80,
        workers=3,
        max_body=2000,
        **options.model_dump(),
    )
    assert {key.name for key in KEYS} >= {"PORT", "REDIS_URL", "IRIS_DASH_TOKENS"}


HASHED = "scrypt:32768:8:1$salt$" + "0a" * 64
SERVICE = {
    "REDIS_URL": ("redis://:secret@host:6379/1", "redis_url", "redis://:secret@host:6379/1"),
    "IRIS_DASH_LOGINS": (f"ann:{HASHED}\nbob:{HASHED}", "logins", {"ann": HASHED, "bob": HASHED}),
    "IRIS_DASH_TOKENS": (f"ci:sha256:{'0' * 64}", "tokens", {"ci": f"sha256:{'0' * 64}"}),
    "IRIS_DASH_OIDC_USERS": ("a@b.org, @c.org", "oidc_users", ("a@b.org", "@c.org")),
    "IRIS_DASH_PROXIES": ("2", "proxies", 2),
    "IRIS_DASH_FRAME_ANCESTORS": (
        "https://a.org, http://b.org:80",
        "frame_ancestors",
        ("https://a.org", "http://b.org:80"),
    ),
    "IRIS_DASH_CORS_ORIGINS": ("*", "cors_origins", ("*",)),
    "IRIS_DASH_RATE": ("600 per minute", "rate", "600 per minute"),
    "IRIS_DASH_MAX_URL": ("200", "max_url", 200),
    "IRIS_DASH_MAX_PAGE": ("10", "max_page", 10),
    "IRIS_DASH_MAX_EXPORT": ("1000000", "max_export", 1_000_000),
    "IRIS_DASH_EXPORTS": ("3", "exports", 3),
    "IRIS_DASH_QUERY_SECONDS": ("5", "query_seconds", 5),
    "IRIS_DASH_LOG": ("json", "log", "json"),
}


@pytest.mark.parametrize("key", SERVICE)
def test_every_variable_of_the_service_is_read(key):
    text, field, value = SERVICE[key]
    read = read_settings({key: text, "IRIS_DASH_SECRET_KEY": "k" * 16})
    assert getattr(read, field) == value
    assert read == Settings(**{field: value}, secret_key="k" * 16)


def test_a_provider_needs_its_client_and_a_key():
    said = {"IRIS_DASH_OIDC_ISSUER": "https://id.org", "IRIS_DASH_OIDC_CLIENT": "me"}
    with pytest.raises(SettingsError) as caught:
        read_settings(said)
    needed = "IRIS_DASH_OIDC_SECRET and IRIS_DASH_SECRET_KEY"
    assert str(caught.value) == f"IRIS_DASH_OIDC_ISSUER needs {needed} too"
    more = {"IRIS_DASH_OIDC_SECRET": "s", "IRIS_DASH_SECRET_KEY": "k" * 16}
    assert read_settings(said | more).requires_login
    assert not read_settings({}).requires_login


def test_redis_needs_a_key():
    with pytest.raises(SettingsError) as caught:
        read_settings({"REDIS_URL": "redis://host:6379/0"})
    assert str(caught.value) == "REDIS_URL needs IRIS_DASH_SECRET_KEY too"


def test_the_settings_are_printed_without_secrets():
    said = {key: text for key, (text, _, _) in SERVICE.items()} | {
        "DATABASE_URL": "postgres://ann:secret@host/db",
        "IRIS_DASH_SECRET_KEY": "a secret of sixteen",
        "PORT": "81",
    }
    lines = dict(line.split(maxsplit=1) for line in settings_lines(said))
    assert list(lines) == [key.name for key in KEYS]
    assert lines["PORT"] == "81"
    assert lines["HOST"] == "127.0.0.1  (default)"
    assert lines["IRIS_DASH_LOGINS"] == "(set: ann, bob)"
    assert lines["REDIS_URL"] == "redis://host:6379/1"
    assert lines["DATABASE_URL"] == "postgresql://ann@host/db"
    assert lines["IRIS_DASH_SECRET_KEY"] == "(set)"
    assert not any("secret" in line or "0a0a" in line for line in lines.values())


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
        ("IRIS_DASH_RATE", "600/minute", "expected a rate such as 600 per minute"),
        ("IRIS_DASH_RATE", "0 per day", "expected a rate"),
        ("IRIS_DASH_CORS_ORIGINS", "example.org", "expected origins such as https://"),
        ("IRIS_DASH_FRAME_ANCESTORS", "https://a.org/path", "expected origins"),
        ("IRIS_DASH_OIDC_ISSUER", "id.org", "expected an address that begins with https://"),
        ("IRIS_DASH_LOG", "loud", "expected one of auto, json, none"),
        ("IRIS_DASH_PROXY_HEADERS", "for port", "expected some of for, proto, host, prefix"),
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
        ("PORT", "0"),
        ("PORT", "8050.0"),
        ("PORT", "²"),
        ("WEB_CONCURRENCY", "0"),
        ("IRIS_DASH_MAX_BODY", "1"),
        ("IRIS_DASH_MAX_URL", "1"),
        ("IRIS_DASH_MAX_PAGE", "10001"),
        ("IRIS_DASH_MAX_EXPORT", "0"),
        ("IRIS_DASH_EXPORTS", "0"),
        ("IRIS_DASH_QUERY_SECONDS", "0"),
        ("IRIS_DASH_PROXIES", "-1"),
    ],
)
def test_a_bad_value_names_key_value_and_what_is_allowed(key, value):
    with pytest.raises(SettingsError, match=f"{key}=.*expected a whole number from") as caught:
        read_settings({key: value})
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("REDIS_URL", "http://secret"),
        ("REDIS_URL", "redis:secret"),
        ("REDIS_URL", "redis://"),
        ("IRIS_DASH_LOGINS", "ann:secret"),
        ("IRIS_DASH_LOGINS", HASHED),
        ("IRIS_DASH_TOKENS", "ci:sha256:secret"),
        ("IRIS_DASH_TOKENS", f"ci:{HASHED}"),
        ("IRIS_DASH_LOGINS", f"ann:sha256:{'0' * 64}"),
        ("IRIS_DASH_SECRET_KEY", "secret"),
    ],
)
def test_a_bad_secret_is_not_shown(key, value):
    with pytest.raises(SettingsError, match=f"^{key}: expected") as caught:
        read_settings({key: value})
    assert "secret" not in str(caught.value)


def test_one_of_several_that_is_none_is_counted():
    with pytest.raises(SettingsError, match=r"in single quotes in a shell; number 2 is none$"):
        read_settings({"IRIS_DASH_LOGINS": f"ann:{HASHED} bob:scrypt:32768:8:1"})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("IRIS_DASH_LOGIN", "; did you mean IRIS_DASH_LOGINS?"),
        ("IRIS_DASH_TOKEN", "; did you mean IRIS_DASH_TOKENS?"),
        ("IRIS_DASH_MAXPAGE", "; did you mean IRIS_DASH_MAX_PAGE?"),
        ("IRIS_DASH_WHATEVER_ELSE", ""),
    ],
)
def test_a_name_that_is_misspelt_is_no_open_door(name, meant):
    with pytest.raises(SettingsError) as caught:
        read_settings({name: "secret"})
    assert str(caught.value) == f"{name}: there is no such setting{meant}"


def test_others_have_names_of_their_own():
    assert read_settings({"IRIS_DASHBOARD": "a", "PORTS": "b", "IRIS_DASH_RUN_FOLDER": "c"})


def test_what_proxies_are_believed_of():
    assert read_settings({}).proxy_headers == ("for", "proto")
    said = {"IRIS_DASH_PROXY_HEADERS": "for, Proto host prefix"}
    assert read_settings(said).proxy_headers == ("for", "proto", "host", "prefix")


def test_a_name_has_one_secret():
    with pytest.raises(SettingsError, match=r"^IRIS_DASH_LOGINS: ann is there twice$"):
        read_settings({"IRIS_DASH_LOGINS": f"ann:{HASHED} ann:{HASHED}"})
