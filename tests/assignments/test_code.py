"""Codes: they say what was handed in, and any changed character is found."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.assignments.code import (
    ALPHABET,
    ANSWERS,
    CORRECTED,
    FIRST_DAY,
    LAST_DAY,
    START,
    Result,
    Submission,
    decode_code,
    encode_code,
    encode_content,
    lesson_id,
    read_message,
)
from explorer.errors import UserError
from explorer.registry import LESSONS

RESULTS = st.builds(Result, st.sampled_from(ANSWERS), st.booleans())
SUBMISSIONS = st.builds(
    Submission,
    st.text(max_size=90),
    st.text(max_size=40),
    st.dates(FIRST_DAY, LAST_DAY),
    st.dictionaries(st.sampled_from(list(LESSONS)), RESULTS),
)
ANNA = Submission("Anna Ärger", "week 3", date(2026, 11, 30), {"kl": Result("right", True)})


def letters_of(code: str) -> str:
    return code.removeprefix(START).replace("-", "")


@given(SUBMISSIONS, st.booleans())
def test_a_code_says_what_was_handed_in(submission, is_signed):
    signature = (b"\x01\x02", bytes(range(10))) if is_signed else ()
    content = encode_content(submission)
    code = decode_code(letters_of(encode_code(content, *signature)))
    told = {name: result for name, result in submission.results.items() if result != Result()}
    assert code.submission == Submission(submission.name, submission.assignment, submission.day, told)
    assert (code.content, code.key_id, code.tag) == (content, *(signature or (b"", b"")))


def test_every_changed_letter_is_found():
    letters = letters_of(encode_code(encode_content(ANNA), b"ab", b"0123456789"))
    for place, old in enumerate(letters):
        for new in set(ALPHABET + "189é<") - {old}:
            changed = letters[:place] + new + letters[place + 1 :]
            if changed.translate(CORRECTED) == letters:
                assert decode_code(changed).submission == ANNA  # 0 for O
                continue
            with pytest.raises(UserError, match="damaged|incomplete"):
                decode_code(changed)


@given(st.data())
def test_swapped_and_missing_letters_are_found(data):
    letters = letters_of(encode_code(encode_content(ANNA)))
    place = data.draw(st.integers(0, len(letters) - 2))
    swapped = letters[:place] + letters[place + 1] + letters[place] + letters[place + 2 :]
    for changed in (swapped, letters[:place] + letters[place + 1 :], letters[:place]):
        if changed != letters:
            with pytest.raises(UserError, match="damaged|incomplete"):
                decode_code(changed)


def test_nonsense_with_a_right_checksum_is_refused_in_a_sentence():
    random.seed(0)
    n_refused = 0
    for _ in range(2000):
        body = random.randbytes(random.randint(1, 60))
        try:
            decode_code(letters_of(encode_code(body)))
        except UserError:
            n_refused += 1
    assert n_refused > 1000


def test_names_stand_on_one_line_and_days_within_their_limits():
    submission = Submission(" a\n\tb\u202ec" + "x" * 500, "w", date(1999, 1, 1))
    assert submission.name.startswith("a b�c") and len(submission.name) == 60
    code = decode_code(letters_of(encode_code(encode_content(submission))))
    assert code.submission.day == FIRST_DAY and code.submission.name == submission.name


def test_lessons_have_different_numbers_and_one_that_is_not_known_is_said_so():
    assert len({lesson_id(name) for name in LESSONS}) == len(LESSONS)
    code = encode_code(encode_content(Submission("", "", FIRST_DAY, {"sigmoid": Result("wrong")})))
    [(name, result)] = decode_code(letters_of(code)).submission.results.items()
    assert name == f"unknown lesson {lesson_id('sigmoid'):04x}" and result == Result("wrong")


@pytest.mark.parametrize(
    "message", [{}, {"name": 3, "assignment": None, "results": [1]}, {"results": {"kl": 1}}]
)
def test_what_a_browser_says_wrongly_is_left_out(message):
    assert read_message(message, FIRST_DAY) == Submission("", "", FIRST_DAY)


def test_what_a_browser_says_is_read():
    day = FIRST_DAY + timedelta(5)
    results = {
        "kl": {"answer": "right", "isSolved": True},
        "elbo": {"answer": "best", "isSolved": "yes"},
        "no lesson": {"answer": "right", "isSolved": True},
    }
    message = {"number": 1, "name": "Anna", "assignment": "w", "results": results}
    expected = {"kl": Result("right", True), "elbo": Result()}
    assert read_message(message, day) == Submission("Anna", "w", day, expected)
