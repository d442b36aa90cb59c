"""Interpolation from one z to another, by a linear or a spherical path, in this run and in its partner."""

from pathlib import Path

import numpy as np

from explorer.latent.gap_map import build_gap_index
from explorer.latent.interpolation import interpolate_linear, interpolate_spherical, midpoints
from explorer.latent.share import Z95, format_plus_minus
from explorer.store.run import Run
from explorer.ui import catalogue
from explorer.ui.components.gallery import gallery
from explorer.ui.components.plots import plots
from explorer.ui.components.prose import in_words, st
from explorer.ui.components.settings import PATH_TYPE, STEPS
from explorer.ui.explore.session import ExploreSession, PathEnd, new_session, session_key
from explorer.ui.explore.tools.tool import Tool
from explorer.views import pairs, words
from explorer.views.run_view import RunView, run_version

PATH_LABELS = {"linear": "Linear", "spherical": "Spherical (slerp)"}
MAX_END_IMAGES = 40  # test images to begin or end with
# random pairs of codes whose midpoints are tested for gaps, each time with other samples
N_PAIRS = 200
N_REPEATS = 10


def interpolate(run: Run, ends: list[np.ndarray], n: int) -> dict[str, np.ndarray]:
    middle = RunView(run).scale.mean
    return {"linear": interpolate_linear(*ends, n), "spherical": interpolate_spherical(*ends, n, middle)}


def overlay(session: ExploreSession) -> dict:
    """Return both paths for the map; the chosen one with its steps, crossed where they lie in a gap."""
    paths = interpolate(session.run, [session.path_end(0), session.path_end(1)], STEPS.get())
    return {
        "paths": [
            {
                "zs": zs.tolist(),
                "gaps": session.are_in_gaps(zs).tolist(),
                "faint": path_type != PATH_TYPE.get(),
            }
            for path_type, zs in paths.items()
        ]
    }


def show(session: ExploreSession) -> None:
    for side, name in enumerate(("From", "To")):
        _end_field(session, side, name)
    left, right = st.columns([3, 2])
    with left:
        PATH_TYPE.segmented_control(
            "Path on the map",
            list(PATH_LABELS),
            PATH_LABELS.get,
            "The spherical path turns about the mean by equal angles, so that its distance "
            "from the mean changes evenly.",
        )
    with right:
        n = STEPS.slider("Images per path")
    ends_text = f"from {_end_label(session.path_ends[0])} to {_end_label(session.path_ends[1])}"
    _show_strip(session, [session.path_end(0), session.path_end(1)], n, ends_text, clickable=True)
    _show_midpoints(session)
    other_runs = [run for run in catalogue.visible_runs()[0] if run.name != session.run.name]
    if other := pairs.best_partner(session.run, other_runs):
        _show_partner(session, new_session(other), n, ends_text)
    if session.label is not None:
        name = words.escape_markdown(session.run.class_names[session.label])
        st.caption(f"All images of both paths are decoded with the class {name}.")
    elif session.run.spec.n_codes:
        st.caption(
            "The steps between two codes of a VQ-VAE are not in its codebook: the decoder was not trained on"
            " them."
        )
    else:
        st.caption(
            f"There is no {'AE' if session.run.spec.has_prior else 'VAE'} of these images to compare with"
            " yet: train one on *Train*."
        )


def _end_field(session: ExploreSession, side: int, name: str) -> None:
    def to(z, row=None):
        session.path_ends[side] = PathEnd(tuple(float(v) for v in z), row)

    view = RunView(session.run)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{name}** {_end_label(session.path_ends[side])}", width="stretch")
        st.button(
            "Set to z",
            key=session_key(f"end {name}", session.run),
            on_click=to,
            args=(session.position.zs[0], session.position.row),
            help="Use the present z",
        )
        with st.popover(
            in_words("An image…"), on_change="rerun", key=session_key(f"choose {name}", session.run)
        ) as menu:
            if menu.open:
                shown = view.embedding.images[:MAX_END_IMAGES]
                gallery(
                    session_key(f"images {name}", session.run),
                    "Test images",
                    shown,
                    [f"test image {i}" for i in range(len(shown))],
                    8,
                    on_pick=lambda i: to(session.posteriors()[0][i], i),
                )


def _end_label(end: PathEnd) -> str:
    if end.row is not None:
        return f"the code of test image {end.row:,}"
    return (
        "z = ("
        + ", ".join(words.format_number(v, 2) for v in end.z[:3])
        + (", …)" if len(end.z) > 3 else ")")
    )


def _show_midpoints(session: ExploreSession) -> None:
    """Show how often the middle of a path lies in a gap, over random pairs of test images."""
    if len(session.posteriors()[0]) > 1 and RunView(session.run).gap_index(session.beta):
        shares = _shares_in_gaps(session.run.folder, run_version(session.run), session.beta, session)
        st.caption(
            f"Over {N_PAIRS * N_REPEATS:,} random pairs of test images, the midpoint is in a gap for: "
            + ", ".join(
                f"{path_type} {format_plus_minus(share, half_width)}"
                for path_type, (share, half_width) in shares.items()
            )
            + " (95% interval)."
        )


@st.cache_data(max_entries=32, show_spinner="Testing the midpoints of paths…")
def _shares_in_gaps(
    folder: Path, version: str, beta: float | None, _session: ExploreSession
) -> dict[str, tuple[float, float]]:
    """Return for each path the share of midpoints in a gap, and half its 95% interval over pairs, codes and
    samples.
    """
    mu, logvar = _session.posteriors()
    shares_by_path = {path_type: [] for path_type in PATH_LABELS}
    middle, rng = RunView(_session.run).scale.mean, np.random.default_rng(0)
    for _ in range(N_REPEATS):
        gaps = build_gap_index(mu, logvar, rng)
        for path_type, zs in midpoints(mu, N_PAIRS, middle, rng).items():
            shares_by_path[path_type].append((gaps.log2_distance_ratio(zs) > 0).mean())
    return {
        path_type: (float(np.mean(shares)), float(Z95 * np.std(shares, ddof=1) / np.sqrt(N_REPEATS)))
        for path_type, shares in shares_by_path.items()
    }


def _show_partner(session: ExploreSession, partner: ExploreSession, n: int, ends_text: str) -> None:
    """Show the same path in the partner, as a strip and on its map."""
    from explorer.figures.path_map import path_map

    mu, e = partner.posteriors()[0], RunView(partner.run).embedding
    same_images = all(end.row is not None and end.row < len(mu) for end in session.path_ends)
    scale, scale_here = RunView(partner.run).scale, RunView(session.run).scale
    ends = [
        mu[end.row]
        if same_images
        else scale.shift_to(scale.mean, scale_here.to_standard(session.path_end(i)))
        for i, end in enumerate(session.path_ends)
    ]
    weight_text = f" at KL weight {partner.beta:g}" if partner.beta is not None else ""
    st.markdown(
        f"**{words.escape_markdown(words.run_title(partner.run))}**{weight_text}, between "
        f"{'its codes of the same images' if same_images else 'the same positions in standard deviations'}:"
    )
    _show_strip(
        partner,
        ends,
        n,
        ends_text if same_images else f"{ends_text} in {words.run_title(session.run)}",
        clickable=False,
    )
    path, p = interpolate(partner.run, ends, n)[PATH_TYPE.get()], scale.projection
    shown = slice(RunView(partner.run).images_kept)
    steps = np.array([p.project(z) for z in path])
    figure = path_map(p.points[shown], e.y[shown], p.axis_titles, steps, partner.are_in_gaps(path))
    plots(session_key("partner's path", session.run), [figure])


def _show_strip(
    session: ExploreSession, ends: list[np.ndarray], n: int, ends_text: str, clickable: bool
) -> None:
    paths = interpolate(session.run, ends, n)
    zs = np.concatenate(list(paths.values()))
    gaps = session.are_in_gaps(zs)
    heads = [
        f"{path_type}\n{gaps[i * n : (i + 1) * n].sum()} of {n} in gaps" for i, path_type in enumerate(paths)
    ]
    names = [
        f"{path_type}, step {i + 1} of {n}{', in a gap' if gaps[k * n + i] else ''}"
        for k, path_type in enumerate(paths)
        for i in range(n)
    ]
    gallery(
        session_key(f"strip {clickable}", session.run),
        f"Interpolation, {session.title}",
        session.decode(zs),
        names,
        n,
        row_labels=heads,
        underlined=np.flatnonzero(gaps),
        underline_note="Underlined: in a gap (no codes).",
        caption_suffix=ends_text,
        on_pick=(lambda i: session.move(zs[i])) if clickable else None,
    )


TOOL = Tool(
    "Interpolate",
    "Set both ends of a path, to z or to an image, and look for decoded images that are unlike the data.",
    show,
    (PATH_TYPE, STEPS),
    overlay,
    has_ends=True,
)
