"""In processes of their own, on GNU's C library; others have another allocator."""

import os
import platform
import subprocess
import sys

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")


def printed(code: str) -> int:
    chosen = "GOMP_SPINCOUNT", "OPENBLAS_NUM_THREADS"  # by explorer/__init__.py, in this process too
    untold = {name: value for name, value in os.environ.items() if name not in chosen}
    return int(
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=untold, capture_output=True, text=True, check=True
        ).stdout
    )


def requested_pages(code: str) -> int:
    """Return the pages requested by the last steps() in the code, which allocates and frees buffers such as a
    convolution's again and again.
    """
    return printed(f"""
import resource
import numpy as np
from explorer import memory
def steps():
    for i in range(6):
        made = [np.ones(n << 20, np.uint8) for n in (12, 12, 24, 3, 12)]
        del made
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt if i == 0 else before
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
{code}
print(pages)
""")


def test_a_trainer_uses_the_memory_of_the_step_before():
    usual = requested_pages("pages = steps()")
    assert requested_pages("memory.tune_for_training(); pages = steps()") < usual / 5


def test_a_server_gives_memory_back_but_for_the_moment_in_which_it_tries_a_training():
    usual = requested_pages("memory.tune_for_server(); pages = steps()")
    moment = "memory.tune_for_server()\nwith memory.retained_memory():\n    pages = steps()"
    assert requested_pages(moment) < usual / 5
    assert requested_pages(moment + "\npages = steps()") > usual / 2


def test_a_trainer_s_threads_spin_as_others_do_not():
    assert printed("import explorer, os; print(os.environ['GOMP_SPINCOUNT'])") == 1000
    tuned = "import os; from explorer import memory; memory.tune_for_training(); "
    assert printed(tuned + "print(os.environ['GOMP_SPINCOUNT'])") == 300_000


def test_numpy_and_scipy_use_one_thread():
    threads = "[pool['num_threads'] for pool in threadpool_info() if pool['user_api'] == 'blas']"
    imports = "import explorer, numpy, scipy.linalg; from threadpoolctl import threadpool_info; "
    assert printed(f"{imports}print(max({threads}))") == 1
