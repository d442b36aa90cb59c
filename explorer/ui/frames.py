"""Which other sites may show the app in a frame, and what browsers need for it.

EXPLORER_EMBED_IN names their origins, separated by spaces. Without it, only pages of the app's own origin may
frame it: a foreign page could lay it under its own and have a visitor click what they cannot see.
"""

import os
import re
import sys

from starlette.datastructures import MutableHeaders

from explorer.errors import UserError
from explorer.names import sanitize

VARIABLE = "EXPLORER_EMBED_IN"
ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:(?P<port>[0-9]{1,5}))?", re.IGNORECASE)
MAX_PORT = 65_535
XSRF_COOKIE = "_streamlit_xsrf="  # Streamlit's own, which uploads need


def embedding_origins() -> tuple[str, ...]:
    """Return the origins of EXPLORER_EMBED_IN. Raises UserError if one is invalid."""
    origins = tuple(os.environ.get(VARIABLE, "").split())
    for origin in origins:
        match = ORIGIN.fullmatch(origin)
        if not match or int(match["port"] or 0) > MAX_PORT:
            raise UserError(
                f"{VARIABLE} names {sanitize(origin)!r}, which is not an origin: write the scheme and the"
                " name of each site, such as https://moodle.example.org, without a path and without *."
            )
    return origins


def origins_or_exit() -> tuple[str, ...]:
    """Return the origins, or end the program with the sentence that says which one is invalid."""
    try:
        return embedding_origins()
    except UserError as error:
        sys.exit(str(error))


class FrameMiddleware:
    """ASGI middleware that says which origins may frame the app. Where some may, Streamlit's XSRF cookie is
    set a second time, so that a browser that drops the first one in a frame of another site keeps it there.
    """

    def __init__(self, app, origins: tuple[str, ...] = ()):
        self.app, self.origins = app, origins

    async def __call__(self, scope, receive, send):
        async def send_with_policy(message):
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message["headers"]))
                headers["content-security-policy"] = " ".join(["frame-ancestors 'self'", *self.origins])
                if self.origins:
                    for cookie in headers.getlist("set-cookie"):
                        if cookie.startswith(XSRF_COOKIE):
                            headers.append("set-cookie", _partitioned(cookie))
                else:
                    headers["x-frame-options"] = "SAMEORIGIN"  # for browsers without frame-ancestors
                message = {**message, "headers": headers.raw}
            await send(message)

        await self.app(scope, receive, send_with_policy if scope["type"] == "http" else send)


def _partitioned(cookie: str) -> str:
    """Return a cookie for frames of other sites, in which browsers keep it apart for each of them."""
    return f"{cookie.partition(';')[0]}; Path=/; SameSite=None; Secure; Partitioned"
