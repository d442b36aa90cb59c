"""In processes of their own, on GNU's C library; others have another allocator."""

import os
import platform
import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
MB = 1 << 20


def printed(code: str) -> int:
    untold = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
    return int(subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=untold, capture_output=True, text=True, check=True).stdout)


def pages_asked_for(before: str) -> int:
    """While buffers such as a convolution's are made and freed, again and again."""
    return printed(f"""
import resource
import numpy as np
from explorer import process
{before}
def step():
    made = [np.ones(n << 20, np.uint8) for n in (12, 12, 24, 3, 12)]
step()
asked = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    step()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - asked)
""")


def test_a_trainer_uses_the_memory_of_the_step_before():
    assert pages_asked_for("process.to_train()") < pages_asked_for("") / 5


def test_a_trainer_s_threads_spin_as_others_do_not():
    assert printed("import explorer, os; print(os.environ['GOMP_SPINCOUNT'])") == 1000
    assert printed("import os; from explorer import process; process.to_train(); print(os.environ['GOMP_SPINCOUNT'])") == 300_000


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_server_gives_back_what_visitors_have_left():
    """Blocks too small for the system are freed below some that stay."""
    left = """
import time
from explorer import process
process.GIVE_BACK_EVERY = 0.1
{}
blocks = [bytearray(50_000) for _ in range(2_000)]
stays = blocks[::100]
del blocks
time.sleep(1)
print(open("/proc/self/statm").read().split()[1])
"""
    given, kept = (printed(left.format(before)) * 4096 for before in ("process.to_serve(); process.to_serve()", ""))
    assert given < kept - 60 * MB
