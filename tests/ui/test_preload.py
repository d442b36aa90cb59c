"""The HTML of Home names what its figure loads, and that of other pages is as Streamlit sends it."""

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Route

from explorer.ui import preload
from explorer.ui.content_routes import ContentStore
from explorer.ui.preload import HomeContent, PreloadMiddleware, insert_links
from explorer.ui.streamlit_internals import FRONTEND
from tests.ui.asgi import request

HTML = (FRONTEND / "index.html").read_bytes()
ADDED = ('<link rel="modulepreload" crossorigin href="./content/script">', 'href="./content/map">')


@pytest.fixture
def home(monkeypatch) -> HomeContent:
    monkeypatch.setattr(preload, "HOME", HomeContent())
    monkeypatch.setattr(preload, "STORE", ContentStore())
    for name in ("map", "another map", "decoder"):
        preload.STORE.register_block(name, bytes, 0, None)
    preload.STORE.register_block("private", bytes, 0, "a" * 32)
    return preload.HOME


def get(path="/", **headers) -> tuple[int, dict[str, str], bytes]:
    async def answer(request):
        if request.headers.get("if-none-match") == '"streamlit"':
            return Response(status_code=304)
        return FileResponse(FRONTEND / "index.html", headers={"ETag": '"streamlit"'})

    async def elsewhere(request):
        return RedirectResponse("/app/")

    routes = [Route("/app", elsewhere), Route("/", answer), Route("/{name}", answer)]
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
    home.remember("script", ("map", "private", "evicted"))
    assert b"private" not in home.links() and b"evicted" not in home.links()
    etag = get()[1]["etag"]
    assert etag != '"streamlit"' and get(if_none_match=etag)[::2] == (304, b"")
    assert get(if_none_match=f'"other", W/{etag}')[0] == 304  # as a proxy that compresses asks
    assert get(if_none_match='"streamlit"')[0] == 200  # that HTML has no links
    home.remember("script", ("another map",))
    assert get(if_none_match=etag)[0] == 200


def test_html_without_links_of_its_own_stays(home):
    assert insert_links(b"<html></html>", b"<link>") == b"<html></html>"


def test_a_part_is_answered_with_the_whole_page_and_a_redirect_stays(home, monkeypatch):
    home.remember("script", ("map",))
    status, headers, body = get(range="bytes=0-2999")
    assert status == 200 and home.links() in body and "accept-ranges" not in headers
    preload._home_paths.cache_clear()
    monkeypatch.setattr(st, "get_option", lambda name: "app")
    assert get("/app")[0] == 307 and home.links() in get("/")[2]
    preload._home_paths.cache_clear()
