"""What explorer/live/core/assignment_code.js should write, by explorer/assignments/code.py."""

from datetime import UTC, date, datetime

from explorer.assignments.code import Result, Submission, encode_code, encode_content

ALL = {"kl": Result("right", True), "elbo": Result("wrong"), "cloud": Result(), "gaps": Result("", True)}
SUBMISSIONS = [
    Submission("Anna Ärger", "week 3", date(2026, 11, 30), ALL),
    Submission("", "", date(2026, 2, 28), {}),
    Submission("🎓" * 60, "x" * 30, date(2199, 12, 31), ALL),
    Submission("a b", "c", date(2019, 1, 1), {"kl": Result("wrong", True)}),
]


def assignment_cases() -> list[dict]:
    return [
        {
            "name": f"  {submission.name.replace(' ', '  ')} ",
            "assignment": submission.assignment,
            "time": datetime.combine(submission.day, datetime.min.time(), UTC).timestamp() * 1000 + 1,
            "results": {
                name: {"answer": result.answer, "isSolved": result.is_solved}
                for name, result in submission.results.items()
            },
            "code": encode_code(encode_content(submission)),
        }
        for submission in SUBMISSIONS
    ]
