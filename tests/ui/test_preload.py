"""The HTML of Home names what its figure loads, and that of other pages is as Streamlit sends it."""

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from explorer.ui import preload
from explorer.ui.preload import HomeContent, PreloadMiddleware, insert_links
from explorer.ui.streamlit_internals import FRONTEND
from tests.ui.asgi import request

HTML = (FRONTEND / "index.html").read_bytes()
ADDED = ('<link rel="modulepreload" crossorigin href="./content/script">', 'href="./content/map">')


@pytest.fixture
def home(monkeypatch) -> HomeContent:
    monkeypatch.setattr(preload, "HOME", HomeContent())
    return preload.HOME


def get(path="/", **headers) -> tuple[int, dict[str, str], bytes]:
    async def answer(request):
        if request.headers.get("if-none-match") == '"streamlit"':
            return Response(status_code=304)
        return Response(
            HTML, headers={"ETag": '"streamlit"', "Cache-Control": "no-cache"}, media_type="text/html"
        )

    routes = [Route("/", answer), Route("/{name}", answer)]
    return request(PreloadMiddleware(Starlette(routes=routes)), path, "GET", **headers)


def test_before_the_first_visitor_the_html_is_as_it_is_sent(home):
    status, headers, body = get()
    assert (status, body, headers["etag"]) == (200, HTML, '"streamlit"')


def test_home_names_the_script_and_the_blocks_of_its_figure(home):
    home.remember("script", ("map", "decoder"))
    status, headers, body = get()
    text = body.decode()
    assert status == 200 and headers["content-length"] == str(len(body))
    assert all(text.count(link) == 1 for link in ADDED) and text.count("BidiComponent") == 1
    assert text.index("content/script") < text.index("content/map") < text.index("content/decoder")
    assert body.replace(home.links(), b"") == HTML
    assert get("/explore")[2] == HTML


def test_what_a_browser_has_is_not_sent_again(home):
    home.remember("script", ("map",))
    etag = get()[1]["etag"]
    assert etag != '"streamlit"' and get(if_none_match=etag)[::2] == (304, b"")
    assert get(if_none_match='"streamlit"')[0] == 200  # that HTML has no links
    home.remember("script", ("another map",))
    assert get(if_none_match=etag)[0] == 200


def test_html_without_links_of_its_own_stays(home):
    assert insert_links(b"<html></html>", b"<link>") == b"<html></html>"
