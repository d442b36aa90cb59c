"""The page on copying as Streamlit runs it, without a browser."""

import re
from functools import partial

import numpy as np
import pytest
from scipy.optimize import nnls
from scipy.spatial.distance import cdist
from scipy.stats import binomtest

from explorer.data import load_dataset as load_data
from explorer.runs.load import load_run
from tests.pages.conftest import follow, galleries, live_plots

PAGE, RUN = "learn_copying", "digits-vae-2d"
visit = partial(follow, PAGE)


@pytest.fixture(scope="module")
def digits():
    return load_data("digits")


def told(app) -> str:
    return "\n".join(m.value for m in [*app.markdown, *app.caption])


def away(decoded: np.ndarray, digits) -> np.ndarray:
    """Return the distances to the nearest training image, [n], by SciPy."""
    return cdist(decoded.reshape(len(decoded), -1), digits.x[digits.train].reshape(-1, 64) / 255).min(1)


def test_every_setting_at_both_ends_and_every_answer(app):
    visit(app)
    key = f"{PAGE} t"
    for t in (0.0, 1.0):
        app.slider(key=key).set_value(t).run()
        assert not app.exception and galleries(app)["Along the line"]["chosen_index"] == round(10 * t)
    for start in "09":
        app.selectbox(key=f"{PAGE} from").set_value(start).run()
        assert not app.exception and app.session_state[f"{PAGE} from"] == start
    for end in ("0", "9", "gap"):
        app.selectbox(key=f"{PAGE} to").set_value(end).run()
        assert not app.exception and app.session_state[f"{PAGE} to"] == end
    for i in (1, 2, 3):
        app.button(key=f"{PAGE} answer {i}").click().run()
        assert not app.exception and (re.search(r"\*\*Correct\.\*\*", told(app)) is not None) == (i == 2)
        assert app.query_params["answer"] == str(i)


def test_a_link_restores_it(app):
    visit(app, **{"from": "7", "to": "1", "t": "0.3", "draw": "5", "answer": "3"})
    state = app.session_state
    assert [state[f"{PAGE} {name}"] for name in ("from", "to", "t", "draw", "answer")] == [
        "7",
        "1",
        0.3,
        5,
        3,
    ]
    assert galleries(app)["Along the line"]["chosen_index"] == 3


def test_what_is_shown_of_the_way_is_what_scipy_finds(app, digits):
    visit(app, **{"from": "7", "to": "1", "t": "0.5"})
    loaded, x, y = load_run(RUN), digits.x[digits.train], digits.y[digits.train]
    a, b = (loaded.encode(x[y == label][:1]).mu.numpy()[0].astype(float) for label in (7, 1))
    decoded = loaded.decode(np.linspace(a, b, 11))
    np.testing.assert_allclose(
        [float(c) for c in galleries(app)["Along the line"]["captions"][11:]],
        away(decoded, digits),
        atol=0.051,
    )
    image, learnt = decoded[5].ravel(), x.reshape(-1, 64) / 255
    nearest = learnt[np.argsort(((learnt - image) ** 2).sum(1))[:60]]
    blend = galleries(app)["Decoded image and blends"]["captions"][1]
    assert float(blend.split("\n")[1]) == pytest.approx(nnls(nearest.T, image)[1], abs=0.0051)
    shown = [float(c.split("\n")[1]) for c in galleries(app)["Nearest in pixels"]["captions"]]
    assert shown == pytest.approx(np.sort(((learnt - image) ** 2).sum(1))[:4] ** 0.5, abs=0.0051)
    codes = loaded.encode(x).mu.numpy()
    assert [float(c.split("\n")[1]) for c in galleries(app)["Nearest in code"]["captions"]] == pytest.approx(
        np.sort(np.linalg.norm(codes - (a + b) / 2, axis=1))[:4], abs=0.0051
    )
    test = away(digits.x[digits.test] / 255, digits)
    is_nearer = test < away(decoded[5:6], digits)
    nearer = is_nearer.mean()
    low, high = binomtest(int(is_nearer.sum()), len(test)).proportion_ci(method="wilson")
    assert f"**{nearer:.0%} ({100 * low:.0f} to {high:.0%})** are nearer" in told(app)
    among_test = live_plots(app)[0]["values"]
    assert among_test["marked"]["x"] == pytest.approx(away(decoded[5:6], digits)[0], abs=1e-4)
    bars = among_test["360 test images"]
    counts = np.histogram(test, [*bars["x"][::2], bars["x"][-1]])[0]
    assert bars["y"][::2] == bars["y"][1::2] == pytest.approx(100 * counts / len(test))
    band, k = among_test["interval of 360 test images"], int(counts.argmax())
    wilson = binomtest(int(counts[k]), len(test)).proportion_ci(method="wilson")
    assert (band["low"][2 * k], band["high"][2 * k]) == pytest.approx([100 * v for v in wilson], abs=0.1)
    assert counts.sum() == len(test)


def test_the_draws_are_the_prior_s_and_the_answer_is_what_is_measured(app, digits):
    visit(app, draw="2")
    decoded = load_run(RUN).decode(np.random.default_rng(2).standard_normal((64, 2)))
    d, test = away(decoded, digits), away(digits.x[digits.test] / 255, digits)
    assert [float(c) for c in galleries(app)["Samples"]["captions"][11:]] == pytest.approx(d[:11], abs=0.051)
    copied, share, blend, real = re.search(
        r"next\): (\d+)% .*?image is:\*\* (\d+)% .*?median: ([\d.]+) \([^)]+\) for samples,"
        r" ([\d.]+) \([^)]+\) for",
        told(app),
        re.S,
    ).groups()
    assert int(share) == round(100 * (d < np.median(test)).mean()) and copied == "0"
    assert "I(x; z) is 2.9 ± 0.1 of at most ln 1,437 = 7.3 nats: z distinguishes about" in told(app)
    assert float(blend) < 0.5 * float(real)  # the lesson's answer is correct
    first = galleries(app)["Samples"]["sheet"]
    next(button for button in app.button if button.label == "Resample").click().run()
    assert galleries(app)["Samples"]["sheet"] != first and app.query_params["draw"] == "3"
