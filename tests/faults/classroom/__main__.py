"""A class at one server, or at two.

    python -m tests.faults.classroom [--students 200] [--trainings 20]
    python -m tests.faults.classroom --answers 200 [--students 200] [--seconds 30]

The first trains while students explore (trainings.py). The second asks a class a question while others
explore, and restarts one of two servers meanwhile (questions.py).
"""

import argparse
import asyncio
import os
import sys
import tempfile

from tests.faults.classroom import questions, trainings


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--students", type=int, default=200, help="who explore")
    parser.add_argument("--trainings", type=int, default=20)
    parser.add_argument("--answers", type=int, default=0, help="of a class that is asked a question")
    parser.add_argument("--seconds", type=float, default=30, help="in which it answers")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"EXPLORER_RUNS": folder, "EXPLORER_JOBS_EACH": "2"}
        if args.answers:
            trial = questions.trial(args.answers, args.students, args.seconds)
        else:
            trial = trainings.trial(args.students, args.trainings)
        return 0 if asyncio.run(trial) else 1


if __name__ == "__main__":
    sys.exit(main())
