"""The VQ-VAE: a code is a sequence of entries of one codebook."""

import numpy as np
import streamlit as st

from explorer.store.run import Run
from explorer.ui.components.gallery import gallery
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, page_of, read_mathematics, tex
from explorer.ui.run_view import RunView, run_version

NAME = "codebook"
PAGE = page_of(NAME)
SHOWN = "digits-vqvae"
OWN = -1  # the code's own entry
IMAGE = Setting("image", 0, 0, 359, page=PAGE)
PLACE = Setting("place", 1, 1, 4, page=PAGE)
ENTRY = Setting("entry", OWN, OWN, 31, page=PAGE)
SEED = Setting("seed", 0, 0, 999, page=PAGE)
ROW = 8  # images

x, z, ze, e, ek = tex("x", "x"), tex("z", "z"), tex("mu", "z_e"), tex("z", "e"), tex("z", "e_k")
distortion, rate = tex("distortion", rf"-\log p({x}|{z})"), tex("rate", r"G \log K")
MATHEMATICS = read_mathematics(__file__, ze=ze, x=x, e=e, z=z, ek=ek, distortion=distortion, rate=rate)

LESSON = Lesson(
    NAME,
    "Each position of a code holds one entry of a small codebook. **Choose an image and a position, then"
    " another entry for it,** and watch the decoded image.",
    Question(
        "Without the KL term, a VAE's encoder moves the posteriors apart and makes them narrow. A VQ-VAE has"
        " no such term to minimise. What limits its code?",
        (
            "The commitment loss, a KL in disguise",
            "The codebook: every code has the same rate",
            "The decoder, which corrects it",
        ),
        1,
        "Only the index of an entry reaches the decoder: log K nats per position, whichever entry it is."
        " Entries that lie farther apart carry no more information. But a uniform prior does not know which"
        " entries occur together: look at the samples below. Van den Oord et al. (2017) train a second"
        " network for that.",
    ),
    MATHEMATICS,
    (
        "explorer.models.vqvae:VQVAE.posterior",
        "explorer.models.posterior:Codes",
        "explorer.objectives.codebook:commitment",
        "explorer.objectives.codebook:Averages.update",
    ),
    (IMAGE, PLACE, ENTRY, SEED),
    concepts=(24,),
    runs=(SHOWN,),
)


@st.cache_resource(max_entries=2, show_spinner=False)
def _coded(folder, version: str, _run) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Encoder outputs [n, G, 2] and entries [n, G] of the test images, the share of each entry in all
    choices, and its perplexity.
    """
    from explorer.lessons.codebook.compute import coded, use

    encoded, index = coded(RunView(_run).load().model, RunView(_run).embedding.images)
    return encoded, index, *use(index, _run.spec.n_codes)


def picture(runs: dict[str, Run]) -> None:
    run = runs[SHOWN]
    from explorer.figures.live import fill
    from explorer.lessons.codebook.compute import use
    from explorer.lessons.codebook.figure import book, book_at, usage, usage_at

    encoded, index, share, perplexity = _coded(run.folder, run_version(run), run)
    codebook, n_codes, n_groups = RunView(run).codebook, run.spec.n_codes, run.spec.n_groups
    place = min(PLACE.get(), n_groups) - 1
    left, middle, right = st.columns([1, 1.25, 1.25], gap="medium")
    with left:
        row = IMAGE.slider("Test image", high=len(index) - 1)
    entry = _code(run, row, index[row], place, left, middle)
    with right:
        told = book_at(
            codebook, share, (encoded.reshape(-1, 2), index.ravel()), encoded[row], index[row], place, entry
        )
        st.vega_lite_chart(fill(book(), **told), width="stretch")
        st.caption(
            f"Circles: the {n_codes} entries, larger if chosen more often. Dots: encoder outputs of"
            f" {len(index)} test images, in the colour of their entry. Crosses: this image; the large one is"
            f" position {place + 1}."
        )
    left, right = st.columns(2, gap="medium")
    with left:
        each = [use(index[:, group], n_codes)[1] for group in range(n_groups)]
        st.markdown(
            f"**Perplexity:** {perplexity:.1f} of {n_codes}, pooled over positions;"
            f" {' · '.join(f'{p:.1f}' for p in each)} at positions 1 to {n_groups}."
        )
        st.vega_lite_chart(fill(usage(), **usage_at(codebook, share)), width="stretch")
        st.caption(f"The shares are over {len(index)} test images. The dashed line is a uniform choice.")
    with right:
        _drawn(run, codebook)


def _code(run, row: int, own: np.ndarray, place: int, here, beside) -> int:
    """Show a code as coloured cells, its decoded image, and the image for every entry at that position.
    Returns the present entry.
    """
    from explorer.lessons.codebook.compute import distortions, every_entry
    from explorer.lessons.codebook.figure import entry_colours

    loaded, codebook, images = RunView(run).load(), RunView(run).codebook, RunView(run).embedding.images
    entry = int(own[place]) if ENTRY.get() == OWN else min(ENTRY.get(), len(codebook) - 1)
    code = np.where(np.arange(len(own)) == place, entry, own)
    zs = every_entry(codebook, own, place)
    decoded, nats = loaded.decode(zs), distortions(loaded.model, loaded.likelihood, images[row], zs)
    cells = np.broadcast_to(entry_colours(codebook)[code][:, :, None, None], (len(code), 3, 12, 24))
    with here:
        st.markdown("Its code. **Click a position:**")
        gallery(
            "codebook cells",
            "The code",
            cells,
            [f"position {i + 1}, entry {k}" for i, k in enumerate(code)],
            len(code),
            captions=[str(k) for k in code],
            chosen=place,
            on_pick=lambda i: (PLACE.set(i + 1), ENTRY.set(OWN)),
        )
        three = _larger(np.stack([images[row] / np.float32(255), decoded[own[place]], decoded[entry]]), 6)
        captions = ["image", f"its code\n{nats[own[place]]:.1f} nats", f"edited code\n{nats[entry]:.1f} nats"]
        gallery(
            "codebook images",
            "The image, its code decoded, and the edited code decoded",
            three,
            captions,
            3,
            captions=captions,
        )
        st.button(
            f"Restore entry {own[place]}",
            on_click=ENTRY.set,
            args=(OWN,),
            disabled=entry == own[place],
            key="codebook back",
        )
    with beside:
        st.markdown(f"**Click an entry for position {place + 1}:**")
        gallery(
            "codebook entries",
            f"Every entry at position {place + 1}, the other positions unchanged",
            _larger(decoded, 3),
            [f"entry {k}, {d:.1f} nats" for k, d in enumerate(nats)],
            ROW,
            captions=[str(k) for k in range(len(codebook))],
            chosen=entry,
            on_pick=ENTRY.set,
        )
        st.caption(
            f"The nats are distortions (mean over the test images {run.test.distortion:.1f}). The rate is"
            f" **{run.test.rate:.1f} nats** ({run.test.rate / np.log(2):.0f} bits) for every image:"
            f" {len(own)} positions with {len(codebook)} entries. Decoded images are means E[x|z]."
        )
    return entry


def _larger(images: np.ndarray, times: int) -> np.ndarray:
    """Repeat each pixel so many times in both directions, so that the gallery shows larger images."""
    return images.repeat(times, 2).repeat(times, 3)


def _drawn(run, codebook: np.ndarray) -> None:
    """Show decoded samples of the uniform prior."""
    from explorer.latent.draws import from_codebook

    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Samples of the uniform prior.** Are these digits?", width="stretch")
        st.button(
            "Resample", key="codebook draw", on_click=lambda: SEED.set((SEED.get() + 1) % int(SEED.high + 1))
        )
    zs = from_codebook(codebook, run.spec.n_groups, 2 * ROW, np.random.default_rng(SEED.get()))
    gallery(
        "codebook draws",
        "Samples",
        _larger(RunView(run).load().decode(zs), 3),
        [f"sample {i + 1}" for i in range(len(zs))],
        ROW,
    )
