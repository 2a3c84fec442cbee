"""The files to deploy with name settings, services and folders that there are."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import yaml
from image import COMPOSE, NAMES, dockerfile, image_command, image_environment
from sample_tables import ROOT

from iris_dash.config.environment import read_settings

PLACES = {"iris_dash", "assets", "data", "app.py", "requirements.txt"}


# --- The files


def test_the_image_is_not_root_and_has_what_it_runs():
    said = dockerfile()
    assert int(said["USER"][-1]) > 0
    assert said["STOPSIGNAL"] == ["SIGTERM"]
    own = {"PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
    assert set(image_environment()) - own <= NAMES
    assert image_environment()["HOST"] == "0.0.0.0"
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line[0] == "!"}
    assert let_in >= PLACES
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.M)
    for name in " ".join(copied).split():
        assert (ROOT / name).exists()
        assert name in let_in


def test_compose_has_two_hardened_replicas_behind_nginx_alone():
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    services = compose["services"]
    assert set(services) == {"nginx", "web-1", "web-2", "key", "redis", "postgresql", "load"}
    assert services["web-1"] == services["web-2"]
    for name in ("nginx", "web-1", "web-2", "key", "redis"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]
    assert [name for name, said in services.items() if "ports" in said] == ["nginx"]
    assert "127.0.0.1:8080" in services["nginx"]["ports"][0]
    # Whatever they keep, they cannot take the machine's memory with it.
    for name, service in services.items():
        assert "mem_limit" in service, name
        assert all(":size=" in place for place in service.get("tmpfs", [])), name
    # A folder, not a file, so that what is put in a file's place is seen.
    assert services["web-1"]["volumes"] == ["./data:/app/data:ro", "key:/key:ro"]
    assert services["load"]["volumes"] == services["web-1"]["volumes"]
    assert {name for name, said in services.items() if "profiles" in said} == {"postgresql", "load"}
    upstream = (ROOT / "deploy" / "replicas.conf").read_text()
    for name in ("web-1", "web-2"):
        assert f"server {name}:{image_environment()['PORT']} " in upstream
    for volume in services["nginx"]["volumes"]:
        assert (ROOT / volume.split(":")[0]).is_file()


def test_what_loads_the_database_knows_its_address():
    """Its variables stand in the place of a replica's, and its command lacked the one it names."""
    load = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["load"]
    named = set(re.findall(r"\$\$([A-Z_]+)", load["command"][-1]))
    assert named == {"LOAD", "IRIS_DASH_DATA"} == set(load["environment"])


def test_compose_makes_a_key_once_and_gives_it_to_every_replica(tmp_path):
    """Redis is believed only with a key, which nobody but the replicas has."""
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]

    def prints(service: str, **more: str) -> str:
        said = [*services[service].get("entrypoint", ()), *services[service]["command"]]
        command = [word.replace("$$", "$").replace("/key/", f"{tmp_path}/") for word in said]
        if command[-2:] == image_command():  # what it is given, instead of a replica
            command[-2:] = ["printenv", "IRIS_DASH_SECRET_KEY"]
        place = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
        done = subprocess.run(command, env=place | more, capture_output=True, check=True)
        return done.stdout.decode().strip()

    assert prints("key") == ""
    key = prints("web-1")
    assert read_settings({"REDIS_URL": "redis://redis", "IRIS_DASH_SECRET_KEY": key})
    assert prints("key") == ""
    assert prints("web-2") == key
    assert prints("web-2", IRIS_DASH_SECRET_KEY="a key of .env") == "a key of .env"
    (tmp_path / "secret").unlink()
    prints("key")
    assert prints("web-1") != key
    for name in ("web-1", "web-2", "load"):
        condition = {"condition": "service_completed_successfully"}
        assert services[name]["depends_on"].get("key", condition) == condition
        assert name == "load" or "key" in services[name]["depends_on"]


def test_every_setting_and_nothing_else_of_an_environment_reaches_the_replicas():
    """Not the whole file .env, in which the database's own password stands."""
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    for name in ("web-1", "web-2"):
        assert "env_file" not in services[name]
        assert set(services[name]["environment"]) == NAMES - {"HOST"}
    assert set(services["load"]["environment"]) - NAMES == {"LOAD"}
    secret = {name for name, said in services.items() if "POSTGRES_PASSWORD" in str(said)}
    assert secret == {"postgresql"}


def test_images_are_the_same_wherever_and_whenever_they_are_pulled():
    """By a digest; Python's own is the one that .python-version names."""
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    stages = re.findall(r"^FROM (\S+)(?: AS (\S+))?$", (ROOT / "Dockerfile").read_text(), re.M)
    named = {name for _, name in stages}
    pulled = [image for image, _ in stages if image not in named]
    built = compose["web-1"]["image"]
    pulled += [said["image"] for said in compose.values() if said["image"] != built]
    assert len(pulled) == 4
    for image in pulled:
        assert re.fullmatch(r"[a-z/-]+:\d+\.\d+[\w.-]+@sha256:[0-9a-f]{64}", image), image
    version = (ROOT / ".python-version").read_text().strip()
    assert pulled[0].startswith(f"python:{version}.")


def test_compose_for_development_copies_what_there_is():
    compose = yaml.safe_load((ROOT / "compose.dev.yaml").read_text())
    for watched in compose["services"]["web"]["develop"]["watch"]:
        assert (ROOT / watched["path"]).exists()


def test_the_example_of_an_environment_names_settings():
    text = (ROOT / ".env.example").read_text()
    compose = "".join((ROOT / name).read_text() for name in COMPOSE)
    of_compose = set(re.findall(r"\$\{(\w+)", compose)) | {"COMPOSE_PROFILES"}
    named = set(re.findall(r"^#?([A-Z_]+)=", text, re.M))
    assert named <= NAMES | of_compose


def test_heroku_is_told_settings_that_there_are():
    said = json.loads((ROOT / "app.json").read_text())
    assert set(said["env"]) <= NAMES
    assert said["env"]["IRIS_DASH_PROXIES"]["value"] == "1"
    assert said["env"]["IRIS_DASH_SECRET_KEY"]["generator"] == "secret"
    assert all(entry["description"] for entry in said["env"].values())
    assert set(said["formation"]) == {"web"}
    assert (ROOT / "Procfile").read_text().startswith("web: ")


def test_what_is_mounted_beside_nginx_is_included_there():
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    included = re.findall(r"include (\S+);", text)
    assert sorted(included) == ["listen.conf", "path.conf", "replicas.conf"]
    assert all(Path(ROOT / "deploy" / name).is_file() for name in included)


def test_the_page_on_operations_says_what_nginx_is_told():
    nginx = (ROOT / "deploy" / "nginx.conf").read_text()
    page = " ".join((ROOT / "docs" / "operations.md").read_text().split())
    for told, said in (
        ("client_max_body_size 1m;", "bodies of 1 MB (`client_max_body_size`)"),
        ("proxy_read_timeout 75s;", "75 s for an answer (`proxy_read_timeout`)"),
        ("limit_conn clients 128;", "128 connections of one client"),
    ):
        assert told in nginx
        assert said in page
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    # Its user is 101, which must be able to read the key for TLS.
    assert services["nginx"]["image"].startswith("nginxinc/nginx-unprivileged:")
    listening = (ROOT / "deploy" / "listen.tls.conf").read_text()
    assert re.findall(r"^listen (\d+) ssl;", listening, re.MULTILINE) == ["8443"]
    assert "ssl_certificate tls/cert.pem;\nssl_certificate_key tls/key.pem;" in listening


def test_requirements_are_made_with_more_engines_as_the_page_says():
    page = (ROOT / "docs" / "operations.md").read_text()
    [command] = re.findall(r'`(make requirements EXTRAS="[a-z ]+")`', page)
    said = subprocess.run(
        [*shlex.split(command), "--dry-run", "--always-make"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    [ours] = [line for line in said.splitlines() if line.endswith("-o requirements.txt")]
    assert "--generate-hashes" in ours
    assert "--extra postgresql --extra clickhouse " in ours
