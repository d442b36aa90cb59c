"""Scripts and blocks have addresses that never change; private ones are given to their visitor alone."""

import gzip

import pytest
from starlette.applications import Starlette

from explorer.live.block import content_id
from explorer.store.ownership import COOKIE_NAME, new_key
from explorer.ui import content_routes
from explorer.ui.compression import ImmutableGzipMiddleware
from explorer.ui.content_routes import KEY_HEADER, ROUTES, ContentStore
from tests.ui.asgi import request

CONTENT = b"numbers" * 1000


@pytest.fixture
def store(monkeypatch):
    monkeypatch.setattr(content_routes, "STORE", store := ContentStore())
    return store


@pytest.fixture
def app(store):
    return ImmutableGzipMiddleware(Starlette(routes=ROUTES))


def registered(store, content=CONTENT, owner=None, size=None) -> str:
    """Register a block and return its path."""
    id = content_id(content)
    store.register_block(id, lambda: content, len(content) if size is None else size, owner)
    return f"/content/{id}"


def test_a_block_is_kept_for_good_below_every_base_path(app, store):
    path = registered(store)
    for base in ("", "/base", "/a/b"):
        status, headers, body = request(app, base + path, accept_encoding="gzip")
        assert status == 200 and gzip.decompress(body) == CONTENT and headers["content-encoding"] == "gzip"
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["content-type"] == "application/octet-stream"
        _, headers, body = request(app, base + path)
        assert body == CONTENT
        assert request(app, base + path, if_none_match=headers["etag"])[::2] == (304, b"")


def test_a_script_is_javascript_and_stays(app, store, monkeypatch):
    monkeypatch.setattr(content_routes, "MAX_ITEMS", 1)
    id = store.register_script("export const a = 'ä';")
    for i in range(3):
        registered(store, b"%d" % i)
    _, headers, body = request(app, f"/content/{id}")
    assert body.decode() == "export const a = 'ä';"
    assert headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("id", ["0" * 32, "..", "x" * 5000])
def test_what_is_unknown_is_not_found_and_that_is_not_kept(app, id):
    status, headers, _ = request(app, f"/content/{id}")
    assert status == 404 and headers["cache-control"] == "no-store"


def test_a_private_block_is_given_to_its_visitor_alone(app, store):
    mine, other = new_key(), new_key()
    path = registered(store, owner=mine)
    for right in ({"cookie": f"{COOKIE_NAME}={other}.{mine}"}, {KEY_HEADER: mine}):
        status, headers, body = request(app, path, accept_encoding="gzip", **right)
        assert (status, body) == (200, CONTENT) and headers["cache-control"].startswith("private, ")
        for wrong in ({}, {"cookie": f"{COOKIE_NAME}={other}"}, {KEY_HEADER: other}, {KEY_HEADER: "*"}):
            assert request(app, path, accept_encoding="gzip", **wrong)[0] == 404


def test_a_block_belongs_to_all_its_owners_and_once_public_to_everyone(app, store):
    mine, other = new_key(), new_key()
    for owner in (mine, other):
        path = registered(store, owner=owner)
    assert [request(app, path, **{KEY_HEADER: key})[0] for key in (mine, other, "")] == [200, 200, 404]
    for owner in (None, mine):
        registered(store, owner=owner)
        assert request(app, path)[0] == 200


@pytest.mark.parametrize("limit", [{"MAX_BYTES": 2500}, {"MAX_ITEMS": 2}])
def test_the_blocks_that_were_registered_least_recently_give_way(store, monkeypatch, limit):
    for name, value in limit.items():
        monkeypatch.setattr(content_routes, name, value)
    for content in (b"a", b"b", b"a", b"c"):
        registered(store, content, size=1000)
    assert list(store.blocks) == [content_id(b"a"), content_id(b"c")]
    registered(store, b"d", size=9999)
    assert store.find(content_id(b"d"))  # alone, if it is larger than the limit
