"""Two groups of test images, chosen one by one, by their class, or as the selected codes."""

import numpy as np

from explorer.latent.attributes import measure_group_change
from explorer.latent.share import share_of_true
from explorer.query import Rows
from explorer.ui.components.gallery import gallery
from explorer.ui.components.prose import st
from explorer.ui.components.settings import FROM_IMAGES, TO_IMAGES, Setting
from explorer.ui.explore.session import ExploreSession, session_key
from explorer.views.run_view import RunView, run_version

GROUPS = {"From the images": FROM_IMAGES, "to the images": TO_IMAGES}
MAX_GROUP_IMAGES = 200  # of a group, in a link
MAX_CHOICES, N_SHOWN = 48, 12  # images to choose from by a click; of a group that are shown
CHOICES_PER_ROW, SHOWN_PER_ROW = 8, 6


def group_rows(session: ExploreSession, setting: Setting) -> list[int]:
    """Return the test images of a group, those of its text that exist."""
    n = _n_images(session)
    return sorted({int(part) for part in setting.get().split(",") if part.isdecimal() and int(part) < n})


def show_groups(session: ExploreSession) -> None:
    """Draw the fields that choose both groups, and their images."""
    for column, (label, setting) in zip(st.columns(2), GROUPS.items()):
        with column:
            _group_field(session, label, setting)


def _n_images(session: ExploreSession) -> int:
    return min(RunView(session.run).images_kept, len(session.posteriors()[0]))


def _group_field(session: ExploreSession, label: str, setting: Setting) -> None:
    rows, images = group_rows(session, setting), RunView(session.run).embedding.images
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{label} ({len(rows):,})", width="stretch")
        key = session_key(f"choose {setting.name}", session.run)
        with st.popover("Choose…", on_change="rerun", key=key) as menu:
            if menu.open:
                _choices(session, setting, rows)
    if rows:
        gallery(
            session_key(f"group {setting.name}", session.run),
            label,
            images[rows[:N_SHOWN]],
            [f"test image {row}" for row in rows[:N_SHOWN]],
            SHOWN_PER_ROW,
            on_pick=lambda i: session.move(session.posteriors()[0][rows[i]], rows[i]),
            caption_suffix=session.title,
        )
    if len(rows) > N_SHOWN:
        st.caption(f"The first {N_SHOWN} of {len(rows):,} images.")


def _choices(session: ExploreSession, setting: Setting, rows: list[int]) -> None:
    """Draw what adds images to a group and removes them."""
    view, n = RunView(session.run), _n_images(session)

    def put(chosen) -> None:
        field = Rows(setting.name, n, MAX_GROUP_IMAGES)
        setting.set(field.format(sorted({int(row) for row in chosen if row < n})))

    st.caption("Click an image to add it, and once more to remove it.")
    shown = list(range(min(n, MAX_CHOICES)))
    gallery(
        session_key(f"choices {setting.name}", session.run),
        "Test images",
        view.embedding.images[shown],
        [f"test image {row}{', in the group' if row in rows else ''}" for row in shown],
        CHOICES_PER_ROW,
        underlined=[row for row in shown if row in rows],
        underline_note="Underlined: in the group.",
        on_pick=lambda row: put(set(group_rows(session, setting)) ^ {row}),  # also of a click meanwhile
    )
    y, names = view.embedding.y[:n], session.run.class_names
    classes = [names[label] for label in np.unique(y)]
    if len(classes) > 1:
        key = session_key(f"class of {setting.name}", session.run)
        st.selectbox(
            "All images of a class",
            classes,
            index=None,
            key=key,
            on_change=lambda: put(np.flatnonzero(y == names.index(st.session_state[key]))),
            placeholder="All images of a class",
            label_visibility="collapsed",
        )
    with st.container(horizontal=True):
        row, selected = session.position.row, session.selected_rows
        for label, chosen in (
            (f"Add test image {row}", [] if row is None else [*rows, row]),
            (f"Add the {len(selected):,} selected", [*rows, *selected] if selected else []),
            ("Remove all", [] if not rows else None),
        ):
            if chosen or (chosen is None and rows):
                st.button(
                    label,
                    key=session_key(f"{label.split()[0]} {len(label)} {setting.name}", session.run),
                    on_click=put,
                    args=(chosen or [],),
                )


def show_group_change(session: ExploreSession) -> None:
    """Show how often the direction leads from the first group to the second, by codes of decoded images."""
    groups = tuple(tuple(group_rows(session, setting)) for setting in GROUPS.values())
    if len(groups[0]) < 2:
        st.caption(
            "From one image, the direction is a difference to its own code. With two images or more in the"
            " first group, the page measures whether it holds for an image that it was not computed from."
        )
        return
    before, after = _group_change(run_version(session.run), session.beta, session.label, *groups, session)
    st.caption(
        f"Added to the codes of the {after.n:,} images of the first group, each time computed without that"
        " image, the direction leads to a decoded image whose code is nearer to the second group for"
        f" {after}, without it for {before} (95% intervals)."
    )


@st.cache_data(max_entries=64, show_spinner="Measuring the direction…")
def _group_change(
    version: str, beta: float | None, label: int | None, first: tuple, second: tuple, _session: ExploreSession
):
    """Return the shares before and after the direction is added (explorer.latent.share.Share)."""
    loaded, y = RunView(_session.run).load(beta), RunView(_session.run).embedding.y

    def encode_decoded(zs: np.ndarray) -> np.ndarray:
        classes = y[list(first)]
        images = np.rint(_session.decode(zs, classes) * 255).astype(np.uint8)
        return loaded.encode(images, classes).mu.numpy()

    mu = _session.posteriors()[0]
    return tuple(map(share_of_true, measure_group_change(mu, first, second, encode_decoded)))
