"""Serve the scripts and blocks of live figures under the hash of their content.

What an address names never changes, so browsers keep it, and a proxy keeps what is public for all of them.
What belongs to a visitor is given to requests that hold the visitor's key: in their cookie or, where a
browser refuses cookies (in a frame of another site), in a header.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from explorer.live.block import content_id
from explorer.store.ownership import COOKIE_NAME, parse_keys

FOLDER = "content"  # of the addresses, below the app's own
KEY_HEADER = "X-Visitor-Key"
LIFETIME = "max-age=31536000, immutable"
SCRIPT_TYPE, BLOCK_TYPE = "text/javascript", "application/octet-stream"
MAX_BYTES, MAX_ITEMS = 256 * 2**20, 2_000  # of blocks; a browser that misses one says so


@dataclass(frozen=True)
class _Item:
    """owners: the keys of the visitors to whom it belongs; None if it is public."""

    build: Callable[[], bytes]
    size: int
    media_type: str
    owners: frozenset[str] | None

    def is_visible_to(self, keys: list[str]) -> bool:
        return self.owners is None or not self.owners.isdisjoint(keys)


class ContentStore:
    """What the routes serve, by id. Scripts stay; the blocks that were registered least recently give way."""

    def __init__(self) -> None:
        self.blocks: OrderedDict[str, _Item] = OrderedDict()
        self.scripts: dict[str, _Item] = {}
        self._size = 0  # bytes of the blocks
        self._lock = threading.Lock()

    def register_script(self, text: str) -> str:
        """Keep a script, and return its id."""
        content = text.encode()
        self.scripts[id := content_id(content)] = _Item(lambda: content, len(content), SCRIPT_TYPE, None)
        return id

    def register_block(self, id: str, build: Callable[[], bytes], size: int, owner: str | None) -> None:
        """Keep a block, which build() returns. size: in bytes; owner: the key of the visitor to whom it
        belongs, or None.
        """
        with self._lock:
            owners = None if owner is None else frozenset({owner})
            if known := self.blocks.pop(id, None):
                self._size -= known.size
                owners = None if owners is None or known.owners is None else owners | known.owners
            self.blocks[id] = _Item(build, size, BLOCK_TYPE, owners)
            self._size += size
            while len(self.blocks) > 1 and (self._size > MAX_BYTES or len(self.blocks) > MAX_ITEMS):
                self._size -= self.blocks.popitem(last=False)[1].size

    def find(self, id: str) -> _Item | None:
        return self.scripts.get(id) or self.blocks.get(id)


STORE = ContentStore()


async def serve_content(request: Request) -> Response:
    """Answer with a script or a block; 404 if it is unknown, or belongs to another visitor."""
    id = request.path_params["id"]
    item = STORE.find(id)
    keys = parse_keys(request.cookies.get(COOKIE_NAME, "")) + parse_keys(request.headers.get(KEY_HEADER, ""))
    if item is None or not item.is_visible_to(keys):
        return PlainTextResponse("Not found", 404, {"Cache-Control": "no-store"})
    headers = {
        "Cache-Control": f"{'public' if item.owners is None else 'private'}, {LIFETIME}",
        "ETag": f'"{id}"',
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("If-None-Match") in (f'"{id}"', f'"{id}-gzip"'):
        return Response(status_code=304, headers=headers)
    return Response(await run_in_threadpool(item.build), media_type=item.media_type, headers=headers)


# The app's own address may have a path (server.baseUrlPath), which Streamlit does not add to routes.
ROUTES = [
    Route(f"/{FOLDER}/{{id}}", serve_content),
    Route(f"/{{base:path}}/{FOLDER}/{{id}}", serve_content),
]
