"""From one z to another, straight or round, in this run and in its partner."""

import numpy as np
import streamlit as st

from explorer.latent.interpolation import linear, spherical
from explorer.store.run import Run
from explorer.ui import cache, pairs, words
from explorer.ui.gallery import gallery
from explorer.ui.settings import STEPS, WAY
from explorer.ui.tools.tool import Tool
from explorer.ui.visit import End, Visit, begun, key

WAYS = {"linear": "Straight (linear)", "spherical": "Round (spherical)"}
OFFERED = 40  # test images to begin or end with


def paths(run: Run, ends: list[np.ndarray], n: int) -> dict[str, np.ndarray]:
    middle = cache.view(run).scale.mean
    return {"linear": linear(*ends, n), "spherical": spherical(*ends, n, middle)}


def drawn(here: Visit) -> dict:
    """Both ways; the chosen one with its steps, crossed where they lie in a gap."""
    found = paths(here.run, [here.end(0), here.end(1)], STEPS.get())
    return {"paths": [{"zs": zs.tolist(), "gaps": here.in_gap(zs).tolist(), "quiet": way != WAY.get()} for way, zs in found.items()]}


def show(here: Visit) -> None:
    for side, name in enumerate(("From", "To")):
        _end(here, side, name)
    left, right = st.columns([3, 2])
    with left:
        WAY.pick("Way", list(WAYS), WAYS.get, "Round keeps the distance from the middle: straight ways lead through where few codes of "
                 "many dimensions lie")
    with right:
        n = STEPS.slider("Images on the way")
    _strip(here, [here.end(0), here.end(1)], n, goes=True)
    others = [run for run in cache.all_runs()[0] if run.name != here.run.name]
    if other := pairs.partner(here.run, others):
        _beside(here, begun(other), n)
    elif here.run.spec.n_codes:
        st.caption("Between two codes of a VQ-VAE there is no third: the steps lie between the entries of its codebook.")
    else:
        st.caption(f"There is no {'AE' if here.run.spec.has_prior else 'VAE'} of these images to set beside it yet: train one on *Train*.")


def _end(here: Visit, side: int, name: str) -> None:
    def to(z, row=None):
        here.ends[side] = End(tuple(float(v) for v in z), row)

    end, view = here.ends[side], cache.view(here.run)
    where = "z = (" + ", ".join(words.minus(v, 2) for v in end.z[:3]) + (", …)" if len(end.z) > 3 else ")")
    row = where if end.row is None else f"the code of test image {end.row:,}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{name}** {row}", width="stretch")
        st.button("Set to z", key=key(f"end {name}", here.run), on_click=to, args=(here.place.zs[0], here.place.row),
                  help="The place at which the pad is now")
        with st.popover("An image…", on_change="rerun", key=key(f"choose {name}", here.run)) as opened:
            if opened.open:
                shown = view.embedding.images[:OFFERED]
                gallery(key(f"images {name}", here.run), "Test images", shown, [f"test image {i}" for i in range(len(shown))], 8,
                        on_pick=lambda i: to(here.codes()[0][i], i))


def _beside(here: Visit, there: Visit, n: int) -> None:
    """The same path in the partner: as a strip, and on its map."""
    from explorer.figures.path_map import path_map

    mu, e = there.codes()[0], cache.view(there.run).embedding
    same_images = all(end.row is not None and end.row < len(mu) for end in here.ends)
    scale, own = cache.view(there.run).scale, cache.view(here.run).scale
    ends = [mu[end.row] if same_images else scale.moved(scale.mean, own.standard(here.end(i))) for i, end in enumerate(here.ends)]
    at = f" at KL weight {there.beta:g}" if there.beta is not None else ""
    st.markdown(f"**{words.as_text(words.title(there.run))}**{at}, between "
                f"{'its codes of the same images' if same_images else 'the same places in standard deviations'}:")
    _strip(there, ends, n, goes=False)
    way, p = paths(there.run, ends, n)[WAY.get()], scale.projection
    shown = slice(cache.view(there.run).images_kept)
    figure = path_map(p.points[shown], e.y[shown], there.run.class_names, p.titles, np.array([p.place(z) for z in way]), there.in_gap(way))
    st.vega_lite_chart(figure, key=key("partner's path", here.run))


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
