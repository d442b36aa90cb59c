"""Lists of codes as they arrive: in e-mails, twice, damaged, too long; and the table of them."""

import csv
import io
import json
import random
import time
from contextlib import suppress
from datetime import date

import pytest

from explorer.assignments.code import Result, Submission, encode_code, encode_content
from explorer.assignments.signature import find_key, sign_submission
from explorer.assignments.table import MAX_CODES, check_codes, columns, record, summarize, to_csv
from explorer.errors import UserError

DAY = date(2026, 11, 30)
RESULTS = {"kl": Result("right", True), "elbo": Result("wrong")}


def unsigned(name: str = "Anna", assignment: str = "week 3", results=RESULTS) -> str:
    return encode_code(encode_content(Submission(name, assignment, DAY, results)))


def quoted(code: str) -> str:
    """Return a code as mail programs break and quote it."""
    parts = [code[i : i + 30] for i in range(0, len(code), 30)]
    return "On Monday Anna wrote:\n> Dear all,\n>  > " + "=\n> > ".join(parts) + "\n>\n> Best, ANNA\n"


def test_a_code_is_read_as_it_arrives():
    code = unsigned()
    texts = [
        code,
        code.lower(),
        code.replace("-", " ").replace("LSE1 ", "LSE1-"),
        quoted(code),
        f'"{code}",x',
    ]
    texts.append(code.replace("-", "-\u200b\u00ad").replace("LSE1-\u200b\u00ad", "LSE1-"))
    for text in texts:
        [row] = check_codes(text, None)
        assert row.submission == Submission("Anna", "week 3", DAY, RESULTS), text
        assert (row.signature, row.problem) == ("not signed", "")


def test_what_is_wrong_is_told_in_a_sentence_in_its_row(monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    signed = sign_submission(Submission("Bea", "week 3", DAY, RESULTS))
    other = unsigned("Cid")
    lines = [
        signed,
        signed,
        sign_submission(Submission("bea", "Week 3", DAY, {})),
        other[:30],
        f"{other[:20]}{'B' if other[20] == 'A' else 'A'}{other[21:]}",
        other.replace("LSE1", "LSE9"),
        other.replace("LSE1-", ""),
        other,
    ]
    problems = [row.problem for row in check_codes("\n".join(lines), find_key())]
    assert problems[0] == problems[7] == ""
    assert problems[1:3] == ["The same code as in row 1.", "Row 1 has the same name."]
    assert problems[3].startswith("The code is incomplete: it has 23 of ")
    assert "damaged" in problems[4] and "version 9" in problems[5] and "beginning is missing" in problems[6]
    [row] = check_codes(signed, b"k" * 32)
    assert row.problem == "The code was signed by another server." and row.submission
    assert summarize(check_codes("\n".join(lines), find_key())) == (
        "8 codes: 3 signed, 4 that can't be read, 1 not signed. Problems: 6."
    )


def test_the_table_has_the_lessons_that_were_handed_in_and_no_formulas():
    names = ["=1+1", "+1", "-1", "@SUM(A1)", "<script>alert(1)</script>", 'a"b,c', "Zoë"]
    rows = check_codes(" ".join(unsigned(name) for name in names), None)
    assert columns(rows)[-2:] == ["The KL divergence", "The evidence lower bound"]
    assert record(rows[0])["The KL divergence"] == "right, solved" and record(rows[0])["right answers"] == 1
    cells = list(csv.DictReader(io.StringIO(to_csv(rows))))
    assert [cell["name"] for cell in cells] == [f"'{name}" for name in names[:4]] + names[4:]
    assert cells[0]["The evidence lower bound"] == "wrong" and cells[0]["date"] == "2026-11-30"


@pytest.mark.parametrize("text", ["", "Hello", "LSE1", "=cmd|' /C calc'!A0", "LSE-1-AB", "\0" * 100])
def test_a_text_without_a_code_is_refused(text):
    with pytest.raises(UserError, match="No code was found. A code begins with LSE1-."):
        check_codes(text, None)


def test_ten_thousand_codes_are_a_table_within_seconds():
    text = "\n".join(quoted(unsigned(f"student {i}")) for i in range(10_000))
    start = time.monotonic()
    rows = check_codes(text, None)
    assert len(rows) == 10_000 and not any(row.problem for row in rows) and time.monotonic() - start < 30
    assert to_csv(rows).count("\n") == 10_001


def test_too_much_is_refused_and_nonsense_is_not_slow():
    with pytest.raises(UserError, match=f"more than {MAX_CODES:,} codes"):
        check_codes("LSE1-99 " * (MAX_CODES + 1), None)
    with pytest.raises(UserError, match="10,000,000 are the most"):
        check_codes("x" * 10_000_001, None)
    random.seed(0)
    for alphabet in ("LSE1-", "A2-", ">= \n", "ABCDEFGH-"):
        start = time.monotonic()
        text = "".join(random.choices(alphabet, k=300_000))
        with suppress(UserError):
            check_codes(text, None)
        assert time.monotonic() - start < 20, alphabet


def test_the_command_prints_and_writes_the_table(explorer_in_process, tmp_path):
    file, out = tmp_path / "codes.txt", tmp_path / "codes.csv"
    file.write_bytes(b"\xff\xfe" + f"{quoted(unsigned())}\n{unsigned('Bea')[:30]}".encode())
    done = explorer_in_process("check-codes", file)
    assert done.returncode == 0 and "2 codes: 1 not signed, 1 that can't be read" in done.stderr
    assert done.stdout.splitlines()[1].startswith("1,Anna,week 3,2026-11-30,not signed,")
    records = json.loads(explorer_in_process("check-codes", file, "--json").stdout)
    assert records[0]["The KL divergence"] == "right, solved" and "incomplete" in records[1]["problem"]
    assert f"{out}: 2 codes" in explorer_in_process("check-codes", file, "--out", out).stdout
    assert out.read_text(encoding="utf-8-sig").startswith("row,name,")
    assert explorer_in_process("check-codes", tmp_path / "none.txt").returncode == 2
    file.write_text("nothing", encoding="utf-8")
    done = explorer_in_process("check-codes", file)
    assert done.returncode == 2 and "No code was found" in done.stderr
