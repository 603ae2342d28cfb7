"""Static files: kept for ever under addresses that name their content, asked for again under any other."""

import gzip
import re
from pathlib import Path

import pytest

from app.settings import FILES
from app.web.assets.modules import ModuleGraph
from app.web.assets.packed import Packed
from app.web.assets.static_files import JOINED, StaticFiles
from tests.app.running import Running
from tests.app.web.test_http import get

SCRIPT = "js/pages/playground.js"


def page(server: Running, path: str = "/") -> str:
    return get(server, path)[1].decode()


def version(server: Running) -> str:
    found = re.search(rf'src="static/([0-9a-f]+)/{SCRIPT}"', page(server))
    assert found
    return found[1]


def test_an_address_with_the_version_is_kept_for_ever(server: Running) -> None:
    status, body, headers = get(server, f"/static/{version(server)}/{SCRIPT}")
    assert (status, headers["Cache-Control"]) == (200, "max-age=31536000, immutable")
    assert body == (FILES / "static" / SCRIPT).read_bytes()


@pytest.mark.parametrize("before", ["", "0123456789ab/"])
def test_any_other_address_gives_the_same_file_and_is_asked_for_again(server: Running, before: str) -> None:
    status, body, headers = get(server, f"/static/{before}{SCRIPT}")
    assert (status, headers["Cache-Control"]) == (200, "no-cache")
    assert body == (FILES / "static" / SCRIPT).read_bytes()
    status, body, headers = get(server, f"/static/{before}{SCRIPT}", **{"If-None-Match": headers["ETag"]})
    assert (status, body, headers["Cache-Control"]) == (304, b"", "no-cache")


@pytest.mark.parametrize("path", ["/", "/graph", "/api/options", f"/static/{SCRIPT}", "/static/i18n/zh.json"])
def test_whoever_takes_it_gets_it_compressed(server: Running, path: str) -> None:
    _, plain, headers = get(server, path)
    assert headers["Content-Encoding"] is None
    assert headers["Vary"] == "Accept-Encoding"
    _, small, headers = get(server, path, **{"Accept-Encoding": "br, gzip"})
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small) == plain
    assert len(small) < 0.6 * len(plain)


@pytest.mark.parametrize("path", ["README.md", "playground.webp", "js", "js/", "", "0123456789ab/", "../static/js"])
def test_nothing_else_is_served(server: Running, path: str) -> None:
    assert get(server, f"/static/{path}")[0] == 404


def test_a_file_opened_as_a_page_may_do_nothing(server: Running) -> None:
    _, _, headers = get(server, f"/static/{SCRIPT}")
    assert headers.get_all("Content-Security-Policy") == ["default-src 'none'; frame-ancestors 'none'"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_service_worker_may_answer_for_the_whole_page_and_is_asked_for_again(server: Running) -> None:
    """Browsers run one over HTTPS and on this machine only; its address decides what it may answer, and it fetches."""
    address = f"/service_worker.js?version={version(server)}"
    status, body, headers = get(server, address)
    assert (status, headers.get_content_type(), headers["Cache-Control"]) == (200, "text/javascript", "no-cache")
    assert body == (FILES / "static" / "js" / "pages" / "service_worker.js").read_bytes()
    assert headers["Service-Worker-Allowed"] is None, "no wider than its own folder"
    (policy,) = headers.get_all("Content-Security-Policy") or [""]
    assert policy == get(server, "/")[2]["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    status, body, _ = get(server, address, **{"If-None-Match": headers["ETag"]})
    assert (status, body) == (304, b"")


def test_another_content_has_another_version(tmp_path: Path) -> None:
    (tmp_path / "js").mkdir()
    (tmp_path / "css").mkdir()
    for part in (part for parts in JOINED.values() for part in parts):
        (tmp_path / "css" / f"{part}.css").write_text("")
    script = tmp_path / "js" / "a.js"
    versions = []
    for text in ("1;", "2;", "1;"):
        script.write_text(text)
        versions.append(StaticFiles(tmp_path).version)
    script.rename(tmp_path / "js" / "b.js")
    versions.append(StaticFiles(tmp_path).version)
    assert versions[0] == versions[2]
    assert len(set(versions)) == 3


def test_every_style_sheet_is_asked_for_by_a_page(server: Running) -> None:
    named = set(re.findall(r"/css/(\w+)\.css", page(server) + page(server, "/graph")))
    joined = {part for path, parts in JOINED.items() if Path(path).stem in named for part in parts}
    assert joined | named - {Path(path).stem for path in JOINED} == {
        path.stem for path in (FILES / "static" / "css").iterdir()
    }


@pytest.mark.parametrize("path", ["/", "/graph"])
def test_all_that_a_page_names_is_there(server: Running, path: str) -> None:
    named = re.findall(r'(?:src|href|data-plotly)="([^#".]+/[^"]+)"', page(server, path))
    assert len(named) > 20
    assert [address for address in named if get(server, f"/{address}")[0] != 200] == []


def test_plotly_is_kept_for_ever_at_the_pages_address(server: Running) -> None:
    found = re.search(r'data-plotly="([^"]+)"', page(server))
    assert found
    assert get(server, f"/{found[1]}", "GET")[2]["Cache-Control"] == "max-age=31536000, immutable"
    assert get(server, f"/{found[1]}0", "GET")[2]["Cache-Control"] == "no-cache"


def test_modules_are_found_by_their_imports() -> None:
    graph = ModuleGraph(
        {
            "js/pages/one.js": "import { a } from '../core/two.js';\nimport './three.js';\nimport('./late.js');",
            "js/core/two.js": "// import './comment.js'\n/** {import('./type.js').T} */\nexport * from './four.js';",
            "js/pages/three.js": "import {\n  a,\n  b,\n} from '../core/four.js';",
            "js/core/four.js": "",
            "js/pages/late.js": "",
        }
    )
    assert graph.needed_by("js/pages/one.js") == [
        *("js/pages/one.js", "js/core/two.js", "js/pages/three.js", "js/core/four.js")
    ]


def test_an_etag_names_the_content() -> None:
    one, same, other = (Packed.of(text, "text/css") for text in (b"a", b"a", b"b"))
    assert one == same
    assert one.etag != other.etag
