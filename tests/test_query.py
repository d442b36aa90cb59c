"""Fields of a link: what is written is read again, and what is invalid gets a phrase."""

import math

import pytest

from explorer import query
from explorer.query import Rows, Scalar, Vector

FIELDS = [
    Scalar("steps", 9, 3, 15, 2),
    Scalar("temperature", 1.0, 0, 2, 0.1),
    Scalar("source", "prior", options=("prior", "codes")),
    Scalar("attribute", "classes"),
    Scalar("beta", None, 0.01, 1, label="KL weight", kind=float),
    Scalar("colour", False, kind=bool),
    Vector("z", 2, 1e6),
    Rows("rows", 100, max_rows=3),
]
VALUES = {
    "steps": 5,
    "temperature": 0.5,
    "source": "codes",
    "attribute": "phase",
    "beta": 0.1,
    "colour": True,
    "z": [0.25, -2e5],
    "rows": [1, 2, 3],
}


def test_what_is_written_is_read_again():
    assert query.read(FIELDS, query.write(FIELDS, VALUES)) == (VALUES, [])


def test_a_limit_is_met_after_rounding():
    beta = FIELDS[4]
    assert beta.check(1 + 1e-12) == pytest.approx(1) and beta.parse(repr(0.01 - 1e-12))
    for value in (1 + 1e-6, "1", True, math.nan, None, 10**400):
        with pytest.raises(ValueError, match="its KL weight can't be"):
            beta.check(value)


def test_defaults_and_empty_values_are_left_out():
    defaults = {field.name: field.default for field in FIELDS}
    assert query.write(FIELDS, defaults | {"rows": []}) == {} == query.write(FIELDS, {})


def test_parameters_that_are_not_in_the_table_are_ignored():
    assert query.read(FIELDS, {"utm_source": "mail", "steps": "7"}) == ({"steps": 7}, [])


@pytest.mark.parametrize(
    "name, text, problem",
    [
        ("steps", "99", "its steps can't be '99', only a whole number from 3 to 15"),
        ("steps", "4.5", "its steps can't be '4.5', only a whole number from 3 to 15"),
        ("temperature", "nan", "its temperature can't be 'nan', only a number from 0 to 2"),
        ("source", "mail", "its source can't be 'mail', only prior or codes"),
        ("beta", "2", "its KL weight can't be '2', only a number from 0.01 to 1"),
        ("z", "1", "its z is not 2 finite numbers between -1,000,000 and 1,000,000"),
        ("z", "inf,0", "its z is not 2 finite numbers between -1,000,000 and 1,000,000"),
        ("rows", "1,100", "its rows are not numbers of test images"),
        ("rows", "one", "its rows are not numbers of test images"),
    ],
)
def test_an_invalid_value_gets_a_phrase_and_the_rest_is_read(name, text, problem):
    other = "attribute"
    assert query.read(FIELDS, {name: text, other: "phase"}) == ({other: "phase"}, [problem])
    assert query.problem_sentence([problem]) == f"Part of this link is invalid: {problem}."


def test_text_is_cut_rows_are_sorted_and_only_the_first_are_written():
    values, _ = query.read(FIELDS, {"attribute": "x" * 1000, "rows": "9,5,5,7,6"})
    assert len(values["attribute"]) == 60 and values["rows"] == [5, 6, 7, 9]
    assert query.write(FIELDS, values)["rows"] == "5,6,7"


def test_numbers_of_a_vector_keep_six_digits():
    text = query.write(FIELDS, {"z": [math.pi, -math.e * 1e-9]})["z"]
    assert text == "3.14159,-2.71828e-09"
