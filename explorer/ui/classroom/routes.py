"""The routes of students' phones: /class takes a code, /class/CODE shows the question of a room, and below it
lie its state and what counts an answer. They need no visitor's cookie and no Streamlit session.
"""

import asyncio
import gzip
import json
import time
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from ipaddress import ip_address
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from explorer.errors import UserError
from explorer.logs import LOGGER
from explorer.rooms import refusal, store
from explorer.rooms.codes import CODE_LENGTH, read_code
from explorer.rooms.lead import read_message
from explorer.rooms.rates import RateLimit
from explorer.ui.classroom.figures import figure_page
from explorer.ui.classroom.phone import code_page, room_page
from explorer.ui.classroom.views import THREADS, RoomView, lead_events, room_view

FOLDER = "class"  # of the addresses, below the app's own
WATCH_HEADER = "X-Class-Watch"
HOLD_SECONDS = 5.0  # for which a phone waits for a change; a server that is stopped waits for it
LOOK_SECONDS = 0.4  # between looks for a change
MAX_BODY_BYTES = 2_000
STATUS = {"unknown": 404, "ended": 410, "closed": 403, "full": 403, "twice": 409, "past": 409, "busy": 429}
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}

GUESSES = RateLimit(burst=120, rate=2)  # unknown codes from an address; a whole hall may have one address
ANSWERS = RateLimit(burst=100, rate=25)  # to a room, of all phones together
TOO_MANY_CODES = "Too many unknown codes were tried from this network. Wait a minute, and try again."
Endpoint = Callable[[Request], Awaitable[Response]]


def _polite(endpoint: Endpoint) -> Endpoint:
    """Answer an error with its sentence, as JSON."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except UserError as error:
            return JSONResponse({"sentence": str(error)}, _status(error), HEADERS)
        except OSError:
            LOGGER.warning("A room could not be read or written", exc_info=True)
            return JSONResponse({"sentence": "The server can't do this right now."}, 503, HEADERS)

    return answer


def _tell_end(endpoint: Endpoint) -> Endpoint:
    """Answer pages that wait for a room, which is gone, that it has ended."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except refusal.RoomRefusal as error:
            if error.reason not in ("unknown", "ended"):
                raise
            return JSONResponse({"state": "ended"}, headers=HEADERS)

    return _polite(answer)


def _status(error: UserError) -> int:
    return STATUS[error.reason] if isinstance(error, refusal.RoomRefusal) else 400


def _network(request: Request) -> str:
    """Return the address of a request; of IPv6, where a household has many, the network."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return host if address.version == 4 else address.exploded[:19]


async def _join(request: Request, ticket: str = "") -> RoomView:
    """Return the room that a request names. Without a room's ticket it may be a guess, of which a network has
    some each minute. Raises RoomRefusal.
    """
    code, network = read_code(request.path_params["code"][: 4 * CODE_LENGTH]), _network(request)
    if not ticket and not GUESSES.has_permit(network):
        raise refusal.RoomRefusal("busy", TOO_MANY_CODES)
    try:
        view = await room_view(code)
        if ticket and ticket != view.room.ticket:
            raise refusal.unknown_room()
        return view
    except refusal.RoomRefusal as error:
        if error.reason == "unknown" and not GUESSES.take(network):
            raise refusal.RoomRefusal("busy", TOO_MANY_CODES) from None
        raise


async def show_code_form(request: Request) -> Response:
    """Take a code. The address of its room is written by the server, so that the form needs no script."""
    typed = request.query_params.get("code")
    if request.url.path.endswith("/"):
        return RedirectResponse(f"../{FOLDER}", 303, HEADERS)
    if typed is None:
        return HTMLResponse(code_page(FOLDER), headers=HEADERS)
    code = read_code(typed[: 4 * CODE_LENGTH])
    if not code or not code.isascii() or not code.isalnum():
        return HTMLResponse(code_page(FOLDER, str(refusal.unknown_room()), typed[:20]), 404, HEADERS)
    return RedirectResponse(f"{FOLDER}/{quote(code)}", 303, HEADERS)


async def show_room(request: Request) -> Response:
    """Answer with the page of a room, or with the form and a sentence."""
    try:
        return HTMLResponse(room_page(await _join(request)), headers=HEADERS)
    except refusal.RoomRefusal as error:
        code = request.path_params["code"][:20]
        page = code_page(f"../{FOLDER}", str(error), code)
        return HTMLResponse(page, STATUS[error.reason], HEADERS)


@_tell_end
async def show_state(request: Request) -> Response:
    """Answer with the state of a room: at once if it is another than the phone knows, or else when it
    changes.
    """
    ticket, after = request.query_params.get("ticket", "-"), request.query_params.get("after")
    until = time.monotonic() + HOLD_SECONDS
    view = await _join(request, ticket)
    while str(view.room.version) == after and time.monotonic() < until:
        await asyncio.sleep(LOOK_SECONDS)
        view = await room_view(view.room.code)
    return JSONResponse(view.for_students(), headers=HEADERS)


@_polite
async def take_answer(request: Request) -> Response:
    """Count the answer of a phone, and confirm it once it is on the disk."""
    body = await _read_body(request)
    view = await _join(request, str(body.get("ticket", "-")))
    code, number, token = view.room.code, body.get("round"), str(body.get("token"))
    if not ANSWERS.take(code):
        raise refusal.busy_room()
    count = partial(store.answer, code, number, token, body.get("answer"))
    answer = await asyncio.get_running_loop().run_in_executor(THREADS, count)
    return JSONResponse({"answer": answer}, headers=HEADERS)


async def _join_as_lecturer(request: Request) -> RoomView:
    """Return the room that a page of its lecturer names. Raises RoomRefusal."""
    view = await _join(request)
    if request.headers.get(WATCH_HEADER) != view.room.watch:
        raise refusal.unknown_room()
    return view


@_tell_end
async def show_counts(request: Request) -> Response:
    """Answer the lecturer's page with the counts of the present question."""
    return JSONResponse((await _join_as_lecturer(request)).for_lecturer(), headers=HEADERS)


@_polite
async def take_lead(request: Request) -> Response:
    """Show on the phones what the lecturer's page shows, or let them stop following it."""
    body = await _read_body(request)
    code = (await _join_as_lecturer(request)).room.code
    show = partial(store.show_lead, code, read_message(body), bool(body.get("isLed")))
    await asyncio.get_running_loop().run_in_executor(THREADS, show)
    return JSONResponse({}, headers=HEADERS)


@_polite
async def stream_lead(request: Request) -> Response:
    """Answer with what the lecturer shows, as events, for some seconds; then the phone asks again."""
    view = await _join(request, request.query_params.get("ticket", "-"))
    if view.room.current.state != "revealed":
        raise UserError("The answers have not been revealed.")
    headers = HEADERS | {"X-Accel-Buffering": "no"}  # nginx would keep events back
    events = lead_events(view.room.code, HOLD_SECONDS)
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


@_polite
async def show_figure(request: Request) -> Response:
    """Answer with the page of a lesson's figure."""
    page = await run_in_threadpool(figure_page, request.path_params["lesson"])
    headers = {"Cache-Control": "public, max-age=600", "ETag": page.etag, "X-Content-Type-Options": "nosniff"}
    headers["Vary"] = "Accept-Encoding"
    if request.headers.get("If-None-Match") == page.etag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return HTMLResponse(page.compressed, headers=headers | {"Content-Encoding": "gzip"})
    return HTMLResponse(await run_in_threadpool(gzip.decompress, page.compressed), headers=headers)


async def _read_body(request: Request) -> dict:
    """Return the JSON object that a request sends. Raises UserError for anything else."""
    body = b""
    async for chunk in request.stream():
        if len(body := body + chunk) > MAX_BODY_BYTES:
            break
    try:
        values = json.loads(body) if len(body) <= MAX_BODY_BYTES else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise UserError("This is no answer. Reload the page, and try again.")
    return values


def _routes(base: str) -> list[Route]:
    room = f"{base}/{FOLDER}/{{code}}"
    return [
        Route(f"{base}/{FOLDER}", show_code_form),
        Route(f"{base}/{FOLDER}/", show_code_form),
        Route(f"{base}/{FOLDER}/figures/{{lesson}}", show_figure),
        Route(room, show_room),
        Route(f"{room}/state", show_state),
        Route(f"{room}/counts", show_counts),
        Route(f"{room}/answer", take_answer, methods=["POST"]),
        Route(f"{room}/lead", take_lead, methods=["POST"]),
        Route(f"{room}/lead", stream_lead),
    ]


# The app's own address may have a path (server.baseUrlPath), which Streamlit does not add to routes.
ROUTES = [*_routes(""), *_routes("/{base:path}")]
