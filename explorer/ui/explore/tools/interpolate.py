"""From one z to another, by a linear or a spherical path, in this run and in its partner."""

from pathlib import Path

import numpy as np
import streamlit as st

from explorer.latent.gap_map import between
from explorer.latent.interpolation import linear, midpoints, spherical
from explorer.store.run import Run
from explorer.ui import catalogue, words
from explorer.ui.compare import pairs
from explorer.ui.components.gallery import gallery
from explorer.ui.components.settings import STEPS, WAY
from explorer.ui.explore.session import End, ExploreSession, begun, key
from explorer.ui.explore.tools.tool import Tool
from explorer.ui.run_view import RunView, run_version

WAYS = {"linear": "Linear", "spherical": "Spherical (slerp)"}
OFFERED = 40  # test images to begin or end with
# random pairs of codes whose midpoints are tested for gaps, each time with other samples
PAIRS = 200
REPEATS = 10


def paths(run: Run, ends: list[np.ndarray], n: int) -> dict[str, np.ndarray]:
    middle = RunView(run).scale.mean
    return {"linear": linear(*ends, n), "spherical": spherical(*ends, n, middle)}


def drawn(here: ExploreSession) -> dict:
    """Both paths; the chosen one with its steps, crossed where they lie in a gap."""
    found = paths(here.run, [here.end(0), here.end(1)], STEPS.get())
    return {
        "paths": [
            {"zs": zs.tolist(), "gaps": here.in_gap(zs).tolist(), "quiet": way != WAY.get()}
            for way, zs in found.items()
        ]
    }


def show(here: ExploreSession) -> None:
    for side, name in enumerate(("From", "To")):
        _end(here, side, name)
    left, right = st.columns([3, 2])
    with left:
        WAY.pick(
            "Path on the map",
            list(WAYS),
            WAYS.get,
            "The spherical path turns about the mean by equal angles, so that its distance "
            "from the mean changes evenly.",
        )
    with right:
        n = STEPS.slider("Images per path")
    about = f"from {_said(here.ends[0])} to {_said(here.ends[1])}"
    _strip(here, [here.end(0), here.end(1)], n, about, goes=True)
    _midpoints(here)
    others = [run for run in catalogue.all_runs()[0] if run.name != here.run.name]
    if other := pairs.partner(here.run, others):
        _beside(here, begun(other), n, about)
    elif here.run.spec.n_codes:
        st.caption(
            "The steps between two codes of a VQ-VAE are not in its codebook: the decoder was not trained on"
            " them."
        )
    else:
        st.caption(
            f"There is no {'AE' if here.run.spec.has_prior else 'VAE'} of these images to compare with yet:"
            " train one on *Train*."
        )


def _end(here: ExploreSession, side: int, name: str) -> None:
    def to(z, row=None):
        here.ends[side] = End(tuple(float(v) for v in z), row)

    view = RunView(here.run)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{name}** {_said(here.ends[side])}", width="stretch")
        st.button(
            "Set to z",
            key=key(f"end {name}", here.run),
            on_click=to,
            args=(here.place.zs[0], here.place.row),
            help="Use the present z",
        )
        with st.popover("An image…", on_change="rerun", key=key(f"choose {name}", here.run)) as opened:
            if opened.open:
                shown = view.embedding.images[:OFFERED]
                gallery(
                    key(f"images {name}", here.run),
                    "Test images",
                    shown,
                    [f"test image {i}" for i in range(len(shown))],
                    8,
                    on_pick=lambda i: to(here.codes()[0][i], i),
                )


def _said(end: End) -> str:
    if end.row is not None:
        return f"the code of test image {end.row:,}"
    return "z = (" + ", ".join(words.minus(v, 2) for v in end.z[:3]) + (", …)" if len(end.z) > 3 else ")")


def _midpoints(here: ExploreSession) -> None:
    """How often the middle of a path lies in a gap, over random pairs of test images."""
    if len(here.codes()[0]) > 1 and RunView(here.run).gap_index(here.beta):
        shares = _shares_in_gaps(here.run.folder, run_version(here.run), here.beta, here)
        st.caption(
            f"Over {PAIRS * REPEATS:,} random pairs of test images, the midpoint is in a gap for: "
            + ", ".join(
                f"{way} {100 * share:.1f} ± {100 * error:.1f}%" for way, (share, error) in shares.items()
            )
            + " (95% interval)."
        )


@st.cache_data(max_entries=32, show_spinner="Testing the midpoints of paths…")
def _shares_in_gaps(
    folder: Path, version: str, beta: float | None, _here: ExploreSession
) -> dict[str, tuple[float, float]]:
    """Of each path: the share of midpoints in a gap, and half its 95% interval over pairs, codes and
    draws.
    """
    mu, logvar = _here.codes()
    found, middle, rng = {way: [] for way in WAYS}, RunView(_here.run).scale.mean, np.random.default_rng(0)
    for _ in range(REPEATS):
        gaps = between(mu, logvar, rng)
        for way, zs in midpoints(mu, PAIRS, middle, rng).items():
            found[way].append((gaps.farther(zs) > 0).mean())
    return {
        way: (float(np.mean(shares)), float(1.96 * np.std(shares, ddof=1) / np.sqrt(REPEATS)))
        for way, shares in found.items()
    }


def _beside(here: ExploreSession, there: ExploreSession, n: int, about: str) -> None:
    """The same path in the partner: as a strip, and on its map."""
    from explorer.figures.path_map import path_map

    mu, e = there.codes()[0], RunView(there.run).embedding
    same_images = all(end.row is not None and end.row < len(mu) for end in here.ends)
    scale, own = RunView(there.run).scale, RunView(here.run).scale
    ends = [
        mu[end.row] if same_images else scale.moved(scale.mean, own.standard(here.end(i)))
        for i, end in enumerate(here.ends)
    ]
    at = f" at KL weight {there.beta:g}" if there.beta is not None else ""
    st.markdown(
        f"**{words.as_text(words.title(there.run))}**{at}, between "
        f"{'its codes of the same images' if same_images else 'the same positions in standard deviations'}:"
    )
    _strip(there, ends, n, about if same_images else f"{about} in {words.title(here.run)}", goes=False)
    way, p = paths(there.run, ends, n)[WAY.get()], scale.projection
    shown = slice(RunView(there.run).images_kept)
    figure = path_map(
        p.points[shown],
        e.y[shown],
        there.run.class_names,
        p.titles,
        np.array([p.place(z) for z in way]),
        there.in_gap(way),
    )
    st.vega_lite_chart(figure, key=key("partner's path", here.run))


def _strip(here: ExploreSession, ends: list[np.ndarray], n: int, about: str, goes: bool) -> None:
    found = paths(here.run, ends, n)
    zs = np.concatenate(list(found.values()))
    gaps = here.in_gap(zs)
    heads = [f"{way}\n{gaps[i * n : (i + 1) * n].sum()} in gaps" for i, way in enumerate(found)]
    names = [
        f"{way}, step {i + 1} of {n}{', in a gap' if gaps[k * n + i] else ''}"
        for k, way in enumerate(found)
        for i in range(n)
    ]
    gallery(
        key(f"strip {goes}", here.run),
        f"Interpolation, {here.name}",
        here.decode(zs),
        names,
        n,
        heads=heads,
        marked=np.flatnonzero(gaps),
        mark="Underlined: in a gap (no codes).",
        about=about,
        on_pick=(lambda i: here.go(zs[i])) if goes else None,
    )


TOOL = Tool(
    "Interpolate",
    "Set both ends of a path, to z or to an image, and look for decoded images that are unlike the data.",
    show,
    (WAY, STEPS),
    drawn,
    has_ends=True,
)
