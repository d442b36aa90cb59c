"""What explorer/live/core/state.js should read and write, by explorer/query.py."""

from urllib.parse import urlencode

import numpy as np

from explorer import query
from explorer.query import Field, Rows, Scalar, Vector

FIELDS: list[Field] = [
    Scalar("steps", 9, 3, 15, 2),
    Scalar("temperature", 1.0, 0, 2, 0.1),
    Scalar("source", "prior", options=("prior", "codes")),
    Scalar("attribute", "classes", max_length=8),
    Scalar("beta", None, -1e3, 1e3, label="KL weight", kind=float),
    Scalar("colour", False, kind=bool),
    Vector("z", 3, 1e6),
    Rows("rows", 100, max_rows=3),
]
TEXTS = [
    "5",
    "4.5",
    " 7 ",
    "1_1",
    "1__1",
    "nan",
    "inf",
    "1e0",
    "1e-400",
    ".5",
    "5.",
    "+1",
    "0x5",
    "",
    "prior",
]
TEXTS += [
    "codes",
    "True",
    "true",
    "no",
    "äöü & = , # %",
    "1,2,3",
    "1,2",
    "1e6,0,0",
    "-1e-7,.5,+2_0.5",
    "3,1,3",
]
TEXTS += ["1,100", "-1", "1,,2", "1e5,-0.0,999999.5"]
VALUES = [
    {"steps": 5, "temperature": 0.1, "source": "codes", "attribute": "a b&c,ä", "colour": True},
    {"steps": 9, "temperature": 1.0, "source": "prior", "colour": False, "rows": []},
    {"beta": 0.0001, "z": [0.5, -0.0, 1.0], "rows": [1, 2, 3, 4]},
]
HARD = [0.0, 1.0, 1e-4, 9.9e-5, 1e-7, 123456.5, 123457.5, 1e16, 1e15, 1.5e300, 5e-324, 999999.4999, 100000.5]


def state_cases() -> dict:
    rng = np.random.default_rng(0)
    numbers = [*HARD, *(rng.normal(size=200) * 10.0 ** rng.uniform(-9, 9, 200))]
    vector = Vector("z", 1, 1e308)
    return {
        "fields": [field.describe() for field in FIELDS],
        "texts": [
            {"text": text, "values": values, "invalid": [f for f in names if f not in values]}
            for text in TEXTS
            for names in [{field.name for field in FIELDS}]
            for values, _ in [query.read(FIELDS, dict.fromkeys(names, text))]
        ],
        "states": [
            {"state": state, "hash": urlencode(query.write(FIELDS, state), safe=",").replace("+", "%20")}
            for state in VALUES
        ],
        "numbers": [
            {"value": v, "vector": vector.format([v]), "scalar": FIELDS[4].format(float(v))}
            for number in numbers
            for v in (float(number), -float(number))
        ],
        "checks": [
            {"name": field.name, "value": value, "isValid": is_valid(field, value)}
            for field in FIELDS
            for value in (
                None,
                5,
                4.5,
                True,
                "prior",
                "x",
                [1, 2, 3],
                [1, 2],
                [1, "2", 3],
                [1, 2, 1e7],
                {},
                [],
            )
            if value is not None
        ],
    }


def is_valid(field: Field, value) -> bool:
    try:
        field.check(value)
        return True
    except ValueError:
        return False
