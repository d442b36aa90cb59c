"""What the playground's page makes of a run that a browser sends."""

import base64

import pytest

from explorer.ui.playground import view


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("A" * (view.MAX_BYTES * 4 // 3 + 4), "larger than the 20 MB that can be sent. Save it as a run"),
        ("é", "arrived damaged"),
        ("A", "arrived damaged"),
        (base64.b64encode(b"no zip").decode(), "zip"),
    ],
)
def test_a_run_that_cannot_be_imported_is_answered_in_a_sentence(content, sentence, monkeypatch, tmp_path):
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path))
    state: dict = {}
    monkeypatch.setattr(view.st, "session_state", state)
    monkeypatch.setattr(view, "_unused_name", lambda name: name)
    view._receive_run({"name": "mine", "content": content})
    assert sentence in state[view.FAULT_KEY] and view.RUN_KEY not in state and not any(tmp_path.iterdir())
