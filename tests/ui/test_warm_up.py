"""What is done once for all visitors."""

import subprocess
import sys

import pytest

resource = pytest.importorskip("resource")
CODE = """
import resource
from explorer.ui.warm_up import MAX_OPEN_FILES, _raise_file_limit

hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (100, hard))
_raise_file_limit()
most = MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_OPEN_FILES)
assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, hard)
"""


def test_a_crowd_of_visitors_may_open_as_many_files_as_the_system_allows():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
