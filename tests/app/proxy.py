"""The proxy of `app/README.md`: its configuration as it stands there, served by nginx with a certificate of its own."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.app.running import PATIENCE, ROOT

TEXT = (ROOT / "app" / "README.md").read_text("utf-8")
PROXIED = "http://playground:8000"
CERTIFICATES = "/certificates/"


def block(language: str) -> str:
    """The only example in this language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    return str(found)


def command(folder: Path, proxied: int, port: int) -> list[str]:
    """Of nginx, with the example's configuration for servers on these ports. Skips the test where there is none."""
    if not (shutil.which("nginx") and shutil.which("openssl")):
        pytest.skip("install nginx and openssl")
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=school.example"]
    subprocess.run([*make, "-keyout", folder / "key.pem", "-out", folder / "cert.pem"], check=True, capture_output=True)
    server = block("nginx")
    for written, here in (
        (PROXIED, f"http://127.0.0.1:{proxied}"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        (f"ssl_certificate {CERTIFICATES}", f"ssl_certificate {folder}/"),
        (f"ssl_certificate_key {CERTIFICATES}", f"ssl_certificate_key {folder}/"),
    ):
        assert server.count(written) == 1, written
        server = server.replace(written, here)
    folders = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy"))
    whole = folder / "nginx.conf"
    whole.write_text(f"pid {folder}/pid;\nevents {{}}\nhttp {{\naccess_log off;\n{folders}{server}\n}}\n", "utf-8")
    return ["nginx", "-e", str(folder / "errors"), "-c", str(whole)]


@contextmanager
def nginx(folder: Path, proxied: int) -> Iterator[int]:
    """In front of a server on a port of this machine; gives its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    process = subprocess.Popen([*command(folder, proxied, port), "-g", "daemon off;"])
    try:
        deadline = time.monotonic() + PATIENCE
        while not answers(port):
            assert process.poll() is None, (folder / "errors").read_text()
            assert time.monotonic() < deadline, "nginx does not answer"
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)


def answers(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
