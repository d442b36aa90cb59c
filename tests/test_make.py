"""The commands of trained/make.sh make the included runs, whatever has become usual since."""

import shlex
import shutil
import subprocess

import pytest

from explorer.cli.parser import build_parser
from explorer.cli.settings import spec_of
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.run import RECORD_FILE, read_run
from tests.conftest import ROOT

PRINTED = 'python() { printf "%q " "$@"; echo; }; rm() { :; }; source trained/make.sh'


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")
def test_the_commands_have_the_settings_of_the_included_runs(tmp_path):
    script = tmp_path / "trained" / "make.sh"
    script.parent.mkdir()
    shutil.copy(ROOT / "trained" / "make.sh", script)
    done = subprocess.run(["bash", "-c", PRINTED], cwd=tmp_path, capture_output=True, text=True, check=True)
    specs = {}
    for command in map(shlex.split, done.stdout.splitlines()):
        if command[:3] == ["-m", "explorer", "train"]:
            args = build_parser().parse_args(command[2:])
            specs[args.run] = spec_of(args)
    assert specs == {
        file.parent.name: read_run(file.parent).spec for file in SHIPPED_FOLDER.glob(f"*/{RECORD_FILE}")
    }
