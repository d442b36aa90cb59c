"""What phones send and receive: pages without cookies, a state that hides the answer until it is revealed,
and a sentence for everything that is refused.
"""

import gzip
import json
import re
import time

import pytest
from starlette.applications import Starlette

from explorer.errors import UserError
from explorer.rooms import store
from explorer.rooms.codes import new_code
from explorer.rooms.rates import RateLimit
from explorer.rooms.room import Axis, Round
from explorer.store.ownership import new_key
from explorer.ui.classroom import figures, routes, views
from explorer.ui.frames import FrameMiddleware
from tests.ui.asgi import request

CHOICE = Round("choice", "kl", n_options=4, right=2)
POINT = Round("point", "kl", "Put your finger where KL is 1", axes=(Axis("mu", -3, 3), Axis("s", -11, 2)))
HOSTILE = '<script>alert("1")</script>'
TOKEN = "a" * 32


@pytest.fixture(autouse=True)
def limits(tmp_path, monkeypatch):
    """Give each test a folder and rates of its own, and let it see each change at once."""
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    monkeypatch.setattr(views, "FRESH_SECONDS", 0)
    monkeypatch.setattr(routes, "HOLD_SECONDS", 0)
    monkeypatch.setattr(routes, "GUESSES", RateLimit(120, 2))
    monkeypatch.setattr(routes, "ANSWERS", RateLimit(100, 25))


@pytest.fixture
def app():
    return FrameMiddleware(Starlette(routes=routes.ROUTES))


def opened(first: Round = CHOICE):
    return store.open_room(new_key(), first, limit=50)


def room_data(app, room) -> dict:
    """Return what the script of the page gets."""
    page = request(app, f"/class/{room.code}")[2].decode()
    return json.loads(re.search(r'id="room">(.*?)</script>', page)[1])


def answer(app, room, base="", token=TOKEN, **values) -> tuple[int, dict]:
    sent = {"ticket": room.ticket, "token": token, "round": room.number, "answer": 1} | values
    content = json.dumps(sent).encode()
    status, _, body = request(app, f"{base}/class/{room.code}/answer", "POST", content)
    return status, json.loads(body)


def state(app, room, after="", ticket=None) -> tuple[int, dict]:
    path = f"/class/{room.code}/state?ticket={ticket or room.ticket}&after={after}"
    status, headers, body = request(app, path)
    assert headers["cache-control"] == "no-store"
    return status, json.loads(body)


def counts(app, room, watch=None) -> tuple[int, dict]:
    headers = {routes.WATCH_HEADER: watch or room.watch}
    status, _, body = request(app, f"/class/{room.code}/counts", **headers)
    return status, json.loads(body)


@pytest.mark.parametrize("base", ["", "/course/latent"])
def test_a_phone_gets_the_page_answers_and_sees_the_counts_once_revealed(app, base):
    room = opened()
    status, headers, body = request(app, f"{base}/class/{room.code.lower()}")
    page = body.decode()
    assert status == 200 and "set-cookie" not in headers and headers["cache-control"] == "no-store"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "It rises by 0.7 nats" in page and room.watch not in page and len(body) < 20_000
    assert answer(app, room, base, answer=2) == (200, {"answer": 2})
    assert state(app, room) == (200, {"version": 1, "round": 1, "state": "open"})
    assert counts(app, room)[1]["result"] == {"n": 1, "counts": [0, 1, 0, 0]}
    store.set_state(room.code, 1, state="revealed", hash="mu=0.0")
    expected = {"hash": "mu=0.0", "isLed": False, "right": 2}
    expected |= {"result": {"n": 1, "counts": [0, 1, 0, 0]}}
    assert state(app, room)[1] == {"version": 2, "round": 1, "state": "revealed"} | expected


def test_before_it_is_revealed_neither_page_nor_state_say_the_answer(app):
    room = opened()
    data = room_data(app, room)
    assert not {"right", "result", "watch", "owner"} & (data.keys() | data["state"].keys())


@pytest.mark.parametrize(
    "values, status, words",
    [
        ({"answer": 9}, 400, "none of the answers"),
        ({"answer": None}, 400, "none of the answers"),
        ({"round": 2}, 409, "another question"),
        ({"round": "x"}, 409, "another question"),
        ({"token": "x"}, 400, "which one it is"),
        ({"token": None}, 400, "which one it is"),
        ({"ticket": "x"}, 404, "no class with this code"),
        ({"ticket": {}}, 404, "no class with this code"),
    ],
)
def test_a_wrong_answer_gets_a_sentence(app, values, status, words):
    room = opened()
    got, reply = answer(app, room, **values)
    assert got == status and words in reply["sentence"]
    assert counts(app, room)[1]["result"]["n"] == 0


@pytest.mark.parametrize("content", [b"", b"x", b"[]", b"null", b"[" * 1500, b'"' + b"x" * 3000, b"\xff"])
def test_what_is_no_answer_gets_a_sentence(app, content):
    room = opened()
    status, _, body = request(app, f"/class/{room.code}/answer", "POST", content)
    assert status == 400 and "no answer" in json.loads(body)["sentence"]


def test_a_second_answer_and_one_after_the_close_get_a_sentence(app):
    room = opened()
    assert [answer(app, room, answer=n)[0] for n in (1, 1, 2)] == [200, 200, 409]
    store.set_state(room.code, 1, state="closed")
    status, reply = answer(app, room, token="b" * 32)
    assert status == 403 and "closed" in reply["sentence"]
    assert counts(app, room)[1]["result"]["n"] == 1


def test_unknown_and_ended_rooms_get_the_form_and_a_sentence(app, monkeypatch):
    room = opened()
    status, _, body = request(app, f"/class/{new_code()}")
    assert (
        status == 404 and "no class with this code" in body.decode() and 'action="../class"' in body.decode()
    )
    now = time.time()
    monkeypatch.setattr(store.time, "time", lambda: now + 90_000)
    status, _, body = request(app, f"/class/{room.code}")
    assert status == 410 and "has ended" in body.decode()
    assert state(app, room)[1] == {"state": "ended"}


def test_guesses_are_limited_by_network_and_do_not_shut_out_who_has_joined(app, monkeypatch):
    monkeypatch.setattr(routes, "GUESSES", RateLimit(5, 0))
    room = opened()
    found = [request(app, f"/class/{new_code()}")[0] for _ in range(8)]
    assert found == [404] * 5 + [429] * 3
    status, _, body = request(app, f"/class/{room.code}")
    assert status == 429 and "Wait a minute" in body.decode()
    assert request(app, f"/class/{room.code}", client="10.0.0.1")[0] == 200
    assert state(app, room)[0] == 200 and answer(app, room)[0] == 200
    assert state(app, room, ticket="guessed")[0] == 429


def test_addresses_of_one_ipv6_network_are_one(app, monkeypatch):
    monkeypatch.setattr(routes, "GUESSES", RateLimit(1, 0))
    clients = ("2001:db8::1", "2001:db8::2:3", "2001:db8:0:1::1", "")
    assert [request(app, f"/class/{new_code()}", client=c)[0] for c in clients] == [404, 429, 404, 404]


def test_a_script_that_answers_again_and_again_is_slowed_down(app, monkeypatch):
    monkeypatch.setattr(routes, "ANSWERS", RateLimit(3, 0))
    room, other = opened(), opened()
    got = [answer(app, room, token=f"{i:032x}")[0] for i in range(5)]
    assert got == [200] * 3 + [429] * 2 and counts(app, room)[1]["result"]["n"] == 3
    assert answer(app, other)[0] == 200


def test_only_who_has_the_watch_of_a_room_sees_its_counts_before(app):
    room, other = opened(), opened()
    for wrong in ("x", room.ticket, other.watch):
        assert counts(app, room, wrong)[1] == {"state": "ended"}


def test_markup_in_a_lecturers_words_is_shown_as_text(app):
    room = opened(Round("choice", "kl", HOSTILE, (HOSTILE, "b"), 2))
    page = request(app, f"/class/{room.code}")[2].decode()
    assert HOSTILE not in page and page.count("&lt;script&gt;") == 2
    for path in ("/class?code=%3Cscript%3E", "/class/%3Cb%3E", "/class/<b>"):
        status, _, body = request(app, path)
        assert status == 404 and "<b>" not in body.decode() and "<script>" not in body.decode()


def test_a_typed_code_leads_to_its_room_below_every_base_path(app):
    for base in ("", "/a/b"):
        status, headers, body = request(app, f"{base}/class")
        assert status == 200 and 'action="class"' in body.decode() and "set-cookie" not in headers
        status, headers, _ = request(app, f"{base}/class?code=ab2-%203cd")
        assert status == 303 and headers["location"] == "class/AB23CD"
        assert request(app, f"{base}/class/")[1]["location"] == "../class"


def test_a_state_is_held_back_until_it_changes(app, monkeypatch):
    monkeypatch.setattr(routes, "HOLD_SECONDS", 30)
    monkeypatch.setattr(routes, "LOOK_SECONDS", 0.01)
    room, looks, read = opened(), [], views._read

    def change_at_third_look(code):
        looks.append(code)
        if len(looks) == 3:
            store.set_state(code, 1, state="closed")
        return read(code)

    monkeypatch.setattr(views, "_read", change_at_third_look)
    assert state(app, room, after="1")[1] == {"version": 2, "round": 1, "state": "closed"}
    assert len(looks) == 3


def test_a_disk_that_refuses_gets_a_sentence_and_the_phone_tries_again(app, monkeypatch):
    room = opened()
    monkeypatch.setattr(store, "add_answer", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "No space")))
    status, reply = answer(app, room)
    assert status == 503 and "right now" in reply["sentence"]


def test_a_figure_is_made_once_for_all_phones(app, monkeypatch):
    made = []
    monkeypatch.setattr(figures, "build_page", lambda content: made.append(content) or "<p>ä</p>")
    figures._build.cache_clear()
    status, headers, body = request(app, "/class/figures/reparameterization", accept_encoding="gzip")
    assert status == 200 and headers["content-encoding"] == "gzip"
    plain = request(app, "/x/class/figures/reparameterization")[2]
    assert plain == gzip.decompress(body) == "<p>ä</p>".encode()
    same = request(app, "/class/figures/reparameterization", if_none_match=headers["etag"])
    assert same[0] == 304 and len(made) == 1 and not made[0].notes
    figures._build.cache_clear()
    status, _, body = request(app, "/class/figures/nothing")
    assert status == 400 and "no lesson named" in json.loads(body)["sentence"]


def test_the_page_of_a_point_says_its_axes_and_where_it_begins(app):
    room = opened(POINT)
    assert room_data(app, room)["axes"] == [
        {"name": "mu", "low": -3, "high": 3, "default": 1.0},
        {"name": "s", "low": -11, "high": 2, "default": -2.0},
    ]
    assert answer(app, room, answer=[0.5, 1.0]) == (200, {"answer": [0.5, 1.0]})


def test_a_room_that_is_deleted_meanwhile_has_ended(app):
    room = opened()
    assert state(app, room)[0] == 200
    store.end_room(room.code)
    assert state(app, room)[1] == {"state": "ended"} and answer(app, room)[0] == 404
    with pytest.raises(UserError):
        store.ask(room.code, CHOICE)


def lead(app, room, watch=None, **values) -> tuple[int, dict]:
    """Let the phones follow what a lecturer's page shows."""
    sent = {"round": room.number, "isLed": True, "hash": "mu=0.5", "pointer": [0, 0.25, 1]} | values
    headers = {routes.WATCH_HEADER: watch or room.watch}
    content = json.dumps(sent).encode()
    status, _, body = request(app, f"/class/{room.code}/lead", "POST", content, **headers)
    return status, json.loads(body)


def events(app, room, ticket=None) -> tuple[int, list]:
    """Return what a phone receives of the lecturer's figure."""
    status, headers, body = request(app, f"/class/{room.code}/lead?ticket={ticket or room.ticket}")
    if status != 200:
        return status, [json.loads(body)]
    assert headers["content-type"].startswith("text/event-stream") and headers["x-accel-buffering"] == "no"
    parts = body.decode().split("\n\n")
    return status, [json.loads(part.removeprefix("data: ")) for part in parts if part.startswith("data: ")]


def test_phones_follow_the_lecturers_figure_once_the_answers_are_revealed(app, monkeypatch):
    monkeypatch.setattr(views, "FRESH_LEAD_SECONDS", 0)
    room = opened()
    status, reply = lead(app, room)
    assert status == 400 and "Reveal the answers first" in reply["sentence"] and events(app, room)[0] == 400
    store.set_state(room.code, 1, state="revealed", hash="mu=1")
    assert state(app, room)[1]["isLed"] is False and events(app, room) == (200, [])
    assert lead(app, room) == (200, {})
    led = state(app, room)[1]
    assert led["isLed"] is True and led["hash"] == "mu=0.5"
    assert events(app, room) == (200, [{"round": 1, "hash": "mu=0.5", "pointer": [0, 0.25, 1]}])
    version = led["version"]
    assert lead(app, room, hash="mu=0.6", pointer=None)[0] == 200  # wakes no phone that waits for the state
    assert state(app, room)[1]["version"] == version and events(app, room)[1][0]["hash"] == "mu=0.6"
    assert lead(app, room, isLed=False, hash="mu=0.7")[0] == 200
    assert state(app, room)[1] | {"isLed": False, "hash": "mu=0.7"} == state(app, room)[1]
    store.ask(room.code, CHOICE)
    assert not store.find_room(room.code).current.is_led


def test_only_the_lecturer_leads_and_only_to_places_of_a_figure(app):
    room = opened()
    store.set_state(room.code, 1, state="revealed")
    assert lead(app, room, watch="0" * 32)[0] == 404 and events(app, room, ticket="0" * 16)[0] == 404
    for values in (
        *(
            {"hash": "x" * 1001},
            {"hash": "a\nb"},
            {"hash": "é"},
            {"round": None},
            {"round": float("inf")},
            {"pointer": [0, 0.5]},
        ),
        *(
            {"pointer": [0, 0.5, float("inf")]},
            {"pointer": [0, 0.5, "1"]},
            {"pointer": [50, 0, 0]},
            {"pointer": {}},
        ),
    ):
        status, reply = lead(app, room, **values)
        assert status == 400 and "can't be shown on the phones" in reply["sentence"], values
    assert events(app, room) == (200, [])
    assert lead(app, room, round=2)[0] == 409  # of a question that is not the present one
