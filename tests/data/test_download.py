import hashlib
import random

import pytest

from explorer.data.download import CHUNK_BYTES, download_file
from explorer.errors import UserError

BODY = random.Random(0).randbytes(3 * CHUNK_BYTES + 1000)
MD5 = hashlib.md5(BODY).hexdigest()
OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: %d\r\n\r\n" % len(BODY)

BROKEN = {
    "closes early": OK + LENGTH + BODY[:2000],
    "sends nothing": OK + LENGTH,
    "is cut at a chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n" % len(BODY) + BODY[:2000],
    "has a shorter file": OK + b"Content-Length: 2000\r\n\r\n" + BODY[:2000],
    "has another file of that length": OK + LENGTH + bytes(len(BODY)),
    "answers with a page": (
        OK + b"Content-Type: text/html\r\n\r\n<html>Too many users have viewed this file.</html>"
    ),
    "does not speak HTTP": b"220 mail.example.org ESMTP\r\n",
    "hangs up": b"",
    "has an error inside": b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
}


@pytest.fixture
def target(tmp_path):
    return tmp_path / "deep" / "down" / "file.gz"


def test_the_file_arrives_whole_with_progress_up_to_its_length(web, target):
    web.files["file.gz"] = BODY
    seen = []
    download_file([web.url + "file.gz"], target, MD5, lambda done, total: seen.append((done, total)))
    assert target.read_bytes() == BODY
    done = [d for d, _ in seen]
    assert done == sorted(set(done)) and len(done) > 2 and done[-1] == len(BODY)
    assert {total for _, total in seen} == {len(BODY)}
    assert [p.name for p in target.parent.iterdir()] == ["file.gz"]


@pytest.mark.parametrize("fault", [*BROKEN, "has no such file", "is not there"])
def test_a_server_at_fault_is_passed_over_for_the_next(web, dead_url, target, fault):
    web.files["good"] = BODY
    web.raw |= {"bad": BROKEN[fault]} if fault in BROKEN else {}
    download_file([(dead_url if fault == "is not there" else web.url) + "bad", web.url + "good"], target, MD5)
    assert target.read_bytes() == BODY


@pytest.mark.parametrize("fault", [*BROKEN, "has no such file", "is not there"])
def test_a_download_that_fails_says_so_and_leaves_nothing(web, dead_url, target, fault):
    web.raw |= {"bad": BROKEN[fault]} if fault in BROKEN else {}
    url = (dead_url if fault == "is not there" else web.url) + "bad"
    with pytest.raises(UserError) as error:
        download_file([url], target, MD5)
    assert list(target.parent.iterdir()) == []
    message = str(error.value)
    assert url in message and f"save the file yourself as {target}" in message and "\n" not in message


def test_an_intact_file_is_not_fetched_again(web, target):
    web.files["file.gz"] = BODY
    for _ in range(2):
        download_file([web.url + "file.gz"], target, MD5)
    assert web.asked == ["file.gz"]


@pytest.mark.parametrize("existing", [b"", BODY[:-1], BODY + b"more"], ids=["empty", "too short", "too long"])
def test_a_damaged_file_is_replaced(web, target, existing):
    web.files["file.gz"] = BODY
    target.parent.mkdir(parents=True)
    target.write_bytes(existing)
    download_file([web.url + "file.gz"], target, MD5)
    assert target.read_bytes() == BODY


def test_a_damaged_file_stays_until_there_is_a_better_one(web, target):
    target.parent.mkdir(parents=True)
    target.write_bytes(b"damaged")
    with pytest.raises(UserError):
        download_file([web.url + "file.gz"], target, MD5)
    assert target.read_bytes() == b"damaged" and list(target.parent.iterdir()) == [target]


def test_a_file_where_the_folder_should_be_is_a_user_error(web, target):
    web.files["file.gz"] = BODY
    target.parent.parent.write_text("not a folder", encoding="utf-8")
    with pytest.raises(UserError, match="file.gz could not be written: Not a directory"):
        download_file([web.url + "file.gz"], target, MD5)


def test_what_was_left_of_an_interrupted_download_is_not_built_upon(web, target):
    web.files["file.gz"] = BODY
    target.parent.mkdir(parents=True)
    target.with_name("file.gz.part").write_bytes(BODY[:500])
    download_file([web.url + "file.gz"], target, MD5)
    assert target.read_bytes() == BODY and list(target.parent.iterdir()) == [target]


def test_an_interruption_leaves_nothing(web, target):
    web.files["file.gz"] = BODY

    def press_ctrl_c(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download_file([web.url + "file.gz"], target, MD5, press_ctrl_c)
    assert list(target.parent.iterdir()) == []
