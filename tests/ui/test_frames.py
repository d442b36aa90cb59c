"""Which origins may frame the app, and what the headers of its answers say of it."""

import pytest
from starlette.responses import PlainTextResponse

from explorer.errors import UserError
from explorer.ui.frames import FrameMiddleware, embedding_origins, origins_or_exit
from tests.ui.asgi import request

MOODLE, CANVAS = "https://moodle.example.org", "http://canvas.example.org:8080"


@pytest.mark.parametrize(
    "text, origins", [("", ()), ("  ", ()), (MOODLE, (MOODLE,)), (f" {MOODLE}  {CANVAS}\n", (MOODLE, CANVAS))]
)
def test_origins_are_separated_by_spaces(monkeypatch, text, origins):
    monkeypatch.setenv("EXPLORER_EMBED_IN", text)
    assert embedding_origins() == origins


@pytest.mark.parametrize(
    "origin",
    [
        *(
            "moodle.example.org",
            "*",
            "https://*.example.org",
            "https://",
            "https:",
            "ftp://a.example",
            "'self'",
        ),
        *(f"{MOODLE}/", f"{MOODLE}/course", f"{MOODLE}?x", f"{MOODLE}:", f"{MOODLE}:port", f"{MOODLE}:99999"),
        *(f"{MOODLE};script-src", f"{MOODLE},{CANVAS}", "https://user@a.example", "https://a\x00.example"),
        *("https://é.example", "https://-a.example"),
    ],
)
def test_what_is_not_an_origin_is_refused_in_one_sentence(monkeypatch, origin):
    monkeypatch.setattr("os.environ", {"EXPLORER_EMBED_IN": f"{CANVAS} {origin}"})
    with pytest.raises(UserError, match="is not an origin.*such as https://moodle.example.org") as error:
        embedding_origins()
    assert str(error.value).isprintable() and str(error.value).count(". ") == 0
    with pytest.raises(SystemExit, match="is not an origin"):
        origins_or_exit()


async def answer(scope, receive, send):
    response = PlainTextResponse("x", 404)
    response.headers.append("set-cookie", "_streamlit_xsrf=2|a|b; Path=/; SameSite=Lax")
    response.headers.append("set-cookie", "other=1; Path=/; SameSite=Lax")
    await response(scope, receive, send)


def cookies(origins: tuple[str, ...]) -> list[str]:
    sent = []

    async def record(scope, receive, send):
        async def keep(message):
            sent.extend(v.decode() for k, v in message.get("headers", []) if k == b"set-cookie")
            await send(message)

        await FrameMiddleware(answer, origins)(scope, receive, keep)

    request(record, "/")
    return sent


def test_without_an_origin_only_the_app_frames_itself():
    status, headers, _ = request(FrameMiddleware(answer), "/")
    assert status == 404
    assert headers["content-security-policy"] == "frame-ancestors 'self'"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert len(cookies(())) == 2


def test_origins_are_named_and_the_cookie_of_uploads_is_also_partitioned():
    _, headers, _ = request(FrameMiddleware(answer, (MOODLE, CANVAS)), "/")
    assert headers["content-security-policy"] == f"frame-ancestors 'self' {MOODLE} {CANVAS}"
    assert "x-frame-options" not in headers
    plain, other, partitioned = cookies((MOODLE,))
    assert plain.endswith("SameSite=Lax") and other.startswith("other=")
    assert partitioned == "_streamlit_xsrf=2|a|b; Path=/; SameSite=None; Secure; Partitioned"
