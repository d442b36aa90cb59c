"""From one z to another, straight or round, in this run and in its partner."""

import numpy as np
import streamlit as st

from explorer.latent.interpolation import linear, spherical
from explorer.store.run import Run
from explorer.ui import cache, pairs, words
from explorer.ui.gallery import gallery
from explorer.ui.settings import STEPS, WAY
from explorer.ui.tools.tool import Tool
from explorer.ui.visit import End, Visit, key, visit

WAYS = {"linear": "Straight (linear)", "spherical": "Round (spherical)"}
OFFERED = 40  # test images to begin or end with


def paths(run: Run, ends: list[np.ndarray], n: int) -> dict[str, np.ndarray]:
    middle = cache.view(run).scale.mean
    return {"linear": linear(*ends, n), "spherical": spherical(*ends, n, middle)}


def drawn(here: Visit) -> dict:
    """Both ways; the chosen one with its steps, crossed where they lie in a gap."""
    found = paths(here.run, [np.array(end.z) for end in here.ends], STEPS.get())
    return {"paths": [{"zs": zs.tolist(), "gaps": here.in_gap(zs).tolist(), "quiet": way != WAY.get()} for way, zs in found.items()]}


def show(here: Visit) -> None:
    for side, name in enumerate(("From", "To")):
        _end(here, side, name)
    left, right = st.columns(2)
    with left:
        WAY.pick("Way", list(WAYS), WAYS.get, "Round keeps the distance from the middle: straight ways lead through where few codes of "
                 "many dimensions lie")
    with right:
        n = STEPS.slider("Images on the way")
    _strip(here, [np.array(end.z) for end in here.ends], n, goes=True)
    others = [run for run in cache.all_runs()[0] if run.name != here.run.name]
    if other := pairs.partner(here.run, others):
        there = visit(other)
        st.markdown(f"**{words.title(other)}**, between its codes of the same images:" if all(end.row is not None for end in here.ends)
                    else f"**{words.title(other)}**, between the same places in standard deviations:")
        _strip(there, [_same(here, there, end) for end in here.ends], n, goes=False)
        st.page_link("pages/compare.py", label="Walk it on both maps", icon=":material/compare:", query_params=_walk(here, other))
    elif here.run.spec.n_codes:
        st.caption("Between two codes of a VQ-VAE there is no third: the steps lie between the entries of its codebook.")
    else:
        st.caption(f"There is no {'AE' if here.run.spec.has_prior else 'VAE'} of these images to set beside it yet: train one on *Train*.")


def _end(here: Visit, side: int, name: str) -> None:
    def to(z, row=None):
        here.ends[side] = End(tuple(float(v) for v in z), row)

    end, view = here.ends[side], cache.view(here.run)
    row = f"the code of test image {end.row:,}" if end.row is not None else "z = (" + ", ".join(
        words.minus(v, 2) for v in end.z[:3]) + (", …)" if len(end.z) > 3 else ")")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{name}** {row}", width="stretch")
        st.button("Set to z", key=key(f"end {name}", here.run), on_click=to, args=(here.place.zs[0], here.place.row),
                  help="The place at which the pad is now")
        with st.popover("An image…", on_change="rerun", key=key(f"choose {name}", here.run)) as opened:
            if opened.open:
                shown = view.embedding.images[:OFFERED]
                gallery(key(f"images {name}", here.run), "Test images", shown, [f"test image {i}" for i in range(len(shown))], 8,
                        on_pick=lambda i: to(here.codes()[0][i], i))


def _same(here: Visit, there: Visit, end: End) -> np.ndarray:
    """An end's place in the partner."""
    if end.row is not None:
        return there.codes()[0][end.row]
    scale = cache.view(there.run).scale
    return scale.moved(scale.mean, cache.view(here.run).scale.standard(np.array(end.z)))


def _walk(here: Visit, other: Run) -> dict[str, str]:
    """The address of the compare page, with this path as its walk."""
    def text(z):
        return ",".join(f"{v:.6g}" for v in z)

    start = cache.view(here.run).scale.standard(np.array(here.ends[0].z))
    z = {"z" if here.run.spec.has_prior else "ae_z": text(here.ends[1].z)}
    return pairs.address(here.run, other) | {"from": text(start)} | z


def _strip(here: Visit, ends: list[np.ndarray], n: int, goes: bool) -> None:
    found = paths(here.run, ends, n)
    zs = np.concatenate(list(found.values()))
    gaps = here.in_gap(zs)
    heads = [f"{way}\n{gaps[i * n : (i + 1) * n].sum()} in gaps" for i, way in enumerate(found)]
    names = [f"{way}, step {i + 1} of {n}{', in a gap' if gaps[k * n + i] else ''}" for k, way in enumerate(found) for i in range(n)]
    gallery(key(f"strip {goes}", here.run), f"Interpolation, {words.title(here.run)}", here.decode(zs), names, n, heads=heads,
            marked=np.flatnonzero(gaps), mark="Underlined: in a gap, where no code lies.",
            on_pick=(lambda i: here.go(zs[i])) if goes else None)


TOOL = Tool("Interpolate", "Interpolation", "From one place to another, in even steps. Set both ends, by z or by images, and watch for "
            "steps that look like nothing in the data.", show, (WAY, STEPS), drawn, has_ends=True)
