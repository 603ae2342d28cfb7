"""What the README tells people to put behind a proxy, with a database: nothing in it is unknown to who reads it."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from app.settings import Settings
from tests.app.proxy import CERTIFICATES, PROXIED, block, command
from tests.app.running import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    described = yaml.safe_load(block("yaml").replace("${PASSWORD}", "secret"))
    assert set(described) == {"services", "volumes"}
    mounted = {
        place.split(":")[0] for service in described["services"].values() for place in service.get("volumes", ())
    }
    assert {name for name in mounted if not name.startswith(".")} == set(described["volumes"])
    services: dict[str, Any] = described["services"]
    return services


def test_each_service_waits_for_services_that_there_are(services: dict[str, Any]) -> None:
    assert set(services) == {"playground", "database", "proxy"}
    for service in services.values():
        needed = service.get("depends_on", {})
        assert set(needed) <= set(services)
        if isinstance(needed, dict):  # with a condition
            assert all("healthcheck" in services[name] for name in needed)


def test_the_image_is_built_with_arguments_and_extras_that_it_takes(services: dict[str, Any]) -> None:
    arguments = services["playground"]["build"]["args"]
    assert set(arguments) <= set(re.findall(r"^ARG (\w+)", DOCKERFILE, re.MULTILINE))
    extras = (ROOT / "pyproject.toml").read_text("utf-8").partition("[project.optional-dependencies]")[2]
    for extra in arguments["EXTRAS"].split(","):
        assert re.search(rf"^{extra} = \[", extras, re.MULTILINE)


def test_the_server_understands_its_environment(services: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    of_image = dict(re.findall(r"^    (PLAYGROUND_\w+)=(\S+)", DOCKERFILE, re.MULTILINE))
    environment = services["playground"]["environment"]
    known = {f"PLAYGROUND_{name.upper()}" for name in Settings.model_fields}
    assert {*of_image, *environment} <= known
    for name, value in {**of_image, **environment}.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert settings.root_path == "/playground"
    assert str(settings.public_url).endswith("/playground/")
    assert settings.store == "postgresql+psycopg://playground:secret@database/playground"
    made = services["database"]["environment"]
    assert (made["POSTGRES_USER"], made["POSTGRES_PASSWORD"]) == ("playground", "secret")
    port = re.search(r"^EXPOSE (\d+)", DOCKERFILE, re.MULTILINE)
    assert port
    assert str(settings.port) == port[1]
    assert PROXIED.endswith(f":{settings.port}")


def test_nginx_takes_its_configuration(services: dict[str, Any], tmp_path: Path) -> None:
    """As nginx says by itself, with a certificate for the occasion and a name that can be found from here."""
    written, certificates = (place.split(":")[:2] for place in services["proxy"]["volumes"])
    assert written == ["./playground.conf", "/etc/nginx/conf.d/default.conf"]
    assert f"{certificates[1]}/" == CERTIFICATES
    said = subprocess.run([*command(tmp_path, 8000, 8443), "-t"], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
