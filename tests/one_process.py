"""Several commands of the command line in one process of their own, which is started only once."""

import json
import subprocess
import sys

from tests.conftest import ROOT

PROGRAM = """
import json, sys
from explorer.cli.parser import main
print("begun", end=chr(30))
print("begun", end=chr(30), file=sys.stderr)
for words in json.loads(sys.argv[1]):
    status = main(words) or 0
    for stream in (sys.stdout, sys.stderr):
        print(chr(31), status, sep="", end=chr(30), file=stream, flush=True)
"""


def in_one_process(
    commands: list[list], env: dict[str, str], prefix: tuple = ()
) -> list[subprocess.CompletedProcess]:
    """Return the status, stdout and stderr (bytes) of each command, or nothing if the process could not
    import the command line. prefix: a command that starts the process, as another user, for example.
    """
    words = [[str(word) for word in command] for command in commands]
    program = [*prefix, sys.executable, "-c", PROGRAM, json.dumps(words)]
    done = subprocess.run(program, cwd=ROOT, env=env, capture_output=True)
    begun, *outputs = done.stdout.split(b"\x1e")
    if begun != b"begun":
        return []
    errors = done.stderr.split(b"\x1e")[1:]
    assert len(outputs) == len(errors) == len(commands) + 1, done.stderr  # and the rest
    results = []
    for command, output, error in zip(words, outputs, errors):
        assert b"Traceback" not in error, error
        (out, _, status), err = output.rpartition(b"\x1f"), error.rpartition(b"\x1f")[0]
        results.append(subprocess.CompletedProcess(command, int(status), out, err))
    return results
