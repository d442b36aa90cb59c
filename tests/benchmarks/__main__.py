"""How fast it is, beside what people would use instead: `python -m tests.benchmarks [part ...] [--rounds 3]
[--json FILE]`.

Rivals take turns with us in the same rounds; a table of medians with their spread is printed, and written as
JSON. It wants an otherwise idle machine, MNIST (`python -m explorer data mnist`), Chromium, and `pip install
-r tests/benchmarks/requirements.txt`.
"""

import argparse
from importlib import import_module
from pathlib import Path

from tests.benchmarks import table

PARTS = {
    "training": "trainer",
    "floor": "floor",
    "embedding": "embedding",
    "app": "app",
    "pad": "latent_pad",
    "ladder": "ladder",
    "pages": "pages",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)}; all if none is named")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, default=Path("benchmarks.json"), metavar="FILE")
    args = parser.parse_args()
    if unknown := set(args.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(unknown)}: choose from {', '.join(PARTS)}")
    rows = []
    for part in args.parts or PARTS:
        table.say(f"\n{part}")
        rows += import_module(f"tests.benchmarks.{PARTS[part]}").measure(args.rounds)
        table.write(args.json, rows)  # the rows so far are kept if a later part fails
    print(", ".join(f"{name} {value}" for name, value in table.machine().items() if value))
    print(table.printed(rows))


if __name__ == "__main__":
    main()
