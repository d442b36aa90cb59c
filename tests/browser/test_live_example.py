"""The live figure that docs/live.md writes, in a copy of the project: on a page of the app, and as a file."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from playwright.sync_api import expect
from torch.distributions import Normal, kl_divergence

from tests.browser.launch import ROOT, app_process
from tests.browser.pad import settle

WRITE = """
from pathlib import Path
from explorer.ui.gaussian import gaussian_page
Path("page.html").write_text(gaussian_page(), encoding="utf-8")
"""
SCRIPT = """
import streamlit as st
from explorer.ui.gaussian import FIELDS, show_gaussian
show_gaussian()
st.text(f"Python: {FIELDS[0].get():.2f} {FIELDS[1].get():.2f}")
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """Copy the project and add the files of the documentation."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "explorer", root / "explorer", ignore=shutil.ignore_patterns("__pycache__"))
    text = (ROOT / "docs/live.md").read_text(encoding="utf-8")
    files = re.findall(r"`(explorer/\S+)`:\n\n```\w+\n(.*?)^```", text, re.M | re.S)
    for path, code in files:
        (root / path).write_text(code, encoding="utf-8")
    (root / "script.py").write_text(SCRIPT, encoding="utf-8")
    assert [path for path, _ in files] == [
        "explorer/live/core/gaussian.js",
        "explorer/live/figures/gaussian.js",
        "explorer/ui/gaussian.py",
    ]
    assert 50 <= sum(code.count("\n") for _, code in files[1:]) <= 80
    return root


def drag_mean(page, dx: float) -> list[str]:
    """Drag the marker by dx px and return what the page said at each step."""
    handle = page.get_by_role("slider", name="μ", exact=True)
    page.wait_for_load_state("networkidle")
    handle.hover()  # waits until the page is laid out
    box, texts = handle.bounding_box(), []
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.down()
    for i in range(1, 6):
        page.mouse.move(x + dx * i / 5, y)
        page.wait_for_timeout(60)
        texts.append(page.get_by_test_id("kl").inner_text())
    page.mouse.up()
    return texts


def expect_kl(page, mean: float, sd: float) -> None:
    settle(page)
    kl = kl_divergence(Normal(torch.tensor(mean), torch.tensor(sd)), Normal(0.0, 1.0)).item()
    shown = float(re.search(r"[\d.]+", page.get_by_test_id("kl").inner_text())[0])
    assert shown == pytest.approx(kl, abs=0.02)  # of a mean that is rounded to two digits


def test_as_a_file_it_follows_the_hand_and_its_hash(browser, project):
    subprocess.run([sys.executable, "-c", WRITE], cwd=project, check=True)
    page, errors = browser.new_page(), []
    page.on("console", lambda m: errors.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{(project / 'page.html').as_uri()}#mean=-0.5&sd=0.4")
    expect_kl(page, -0.5, 0.4)
    texts = drag_mean(page, 50)
    assert len(set(texts)) == 5
    mean = float(re.search(r"mean=([-\d.]+)", page.evaluate("location.hash"))[1])
    expect_kl(page, mean, 0.4)
    page.get_by_test_id("control-sd").fill("0")  # the logarithm of 1
    expect_kl(page, mean, 1.0)
    page.goto("about:blank")
    page.goto(f"{(project / 'page.html').as_uri()}#mean=9&sd=2")
    expect(page.get_by_text("Part of this address is invalid: its mean μ.")).to_be_visible()
    expect_kl(page, 1.0, 2.0)
    page.close()
    assert not errors


def test_in_the_app_python_hears_when_the_hand_lets_go(browser, project):
    with app_process("script.py", root=project) as (address, _):
        page = browser.new_page()
        page.goto(address)
        expect(page.get_by_text("Python: 1.00 0.50")).to_be_visible()
        page.get_by_test_id("kl").wait_for()
        texts = drag_mean(page, -80)
        assert len(set(texts)) == 5
        expect(page.get_by_text("Python: 1.00 0.50")).to_be_hidden()
        python = [float(v) for v in re.findall(r"[-\d.]+", page.get_by_text("Python:").inner_text())]
        assert python[0] < 1 and python[1] == 0.5
        expect_kl(page, *python)
        before = page.get_by_test_id("kl").inner_text()
        slider = page.get_by_test_id("control-mean")
        slider.focus()
        page.keyboard.press("End")
        expect(page.get_by_text("Python: 4.00 0.50")).to_be_visible()
        assert page.get_by_test_id("kl").inner_text() != before
        assert np.isclose(float(slider.input_value()), 4)
        page.close()
