"""The app on an own model, in a process of its own."""

import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import pytest

import explorer
from explorer.own_models import app_process
from tests.conftest import ROOT

pytestmark = pytest.mark.process


def decode(z):
    return np.tile(z[:, :1, None, None] % 1, (1, 1, 8, 8))


def test_show_opens_the_app_on_it():
    model = explorer.open(decode, codes=np.eye(9, 2), name="shown")
    address = model.show(block=False, open_browser=False)
    assert address.startswith("http://127.0.0.1:") and address.endswith("/explore?run=shown")
    with urlopen(address) as page:
        assert page.status == 200
    assert model.show(block=False, open_browser=False) == address
    model.close()
    with pytest.raises(OSError):
        urlopen(address)


def test_the_app_ends_with_the_process_that_opened_it():
    script = (
        "import os, explorer, numpy as np\n"
        "decode = lambda z: np.tile(z[:, :1, None, None] % 1, (1, 1, 8, 8))\n"
        "model = explorer.open(decode, codes=np.eye(9, 2))\n"
        "print(model.show(block=False, open_browser=False), model.run.folder.parents[1], flush=True)\n"
        "os._exit(9)"  # as if it was killed: nothing is cleaned up
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    address, folder = done.stdout.split()
    end = time.monotonic() + 30
    while Path(folder).exists() and time.monotonic() < end:
        time.sleep(0.1)
    assert not Path(folder).exists()
    with pytest.raises(OSError):
        while time.monotonic() < end:  # the process ends right after it has removed the folder
            urlopen(address)


def test_the_app_starts_on_another_port_if_its_port_is_taken(tmp_path, monkeypatch):
    with socket.socket() as taken:
        taken.bind((app_process.HOST, 0))
        taken.listen()
        ports = iter([taken.getsockname()[1], app_process.free_port()])
        monkeypatch.setattr(app_process, "free_port", lambda: next(ports))
        app = app_process.AppProcess(tmp_path)
        with urlopen(app.address) as page:
            assert page.status == 200
        assert not app.address.endswith(f":{taken.getsockname()[1]}")
        app.close()
