import os
import subprocess
import sys

from tests.pages.conftest import ROOT

FIRST_PAGE = """
import sys
from streamlit.testing.v1 import AppTest
import explorer.ui.warm_up
explorer.ui.warm_up._import_heavy = lambda: None  # what is imported behind the page
app = AppTest.from_file("app.py", default_timeout=60).run()
assert not app.exception and app.title[0].value
sys.exit("torch" in sys.modules or "sklearn" in sys.modules)
"""


def test_the_first_page_is_there_before_torch(tmp_path):
    there = os.environ | {"EXPLORER_RUNS": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", FIRST_PAGE], cwd=ROOT, env=there, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
