"""The VQ-VAE: a code is a sequence of entries of one codebook."""

import numpy as np
import streamlit as st

from explorer.ui import cache
from explorer.ui.components.gallery import gallery
from explorer.ui.components.settings import Setting
from explorer.ui.learn.lesson import Lesson, Question, teach, tex

CONCEPTS = (24,)
PAGE = "learn_codebook"
SHOWN = "digits-vqvae"
OWN = -1  # the code's own entry
IMAGE = Setting("image", 0, 0, 359, page=PAGE)
PLACE = Setting("place", 1, 1, 4, page=PAGE)
ENTRY = Setting("entry", OWN, OWN, 31, page=PAGE)
SEED = Setting("seed", 0, 0, 999, page=PAGE)
ROW = 8  # images

x, z, ze, e, ek = tex("x", "x"), tex("z", "z"), tex("mu", "z_e"), tex("z", "e"), tex("z", "e_k")
distortion, rate = tex("distortion", rf"-\log p({x}|{z})"), tex("rate", r"G \log K")
MATHEMATICS = rf"""
The encoder output ${ze}({x})$ is divided into $G$ positions, and each position takes the nearest entry of the codebook:

$$k = \arg\min_j \|{ze} - {e}_j\|, \qquad {z} = {ek}.$$

**A choice has no gradient.** In the backward pass it is skipped: the gradient at ${z}$ is copied to ${ze}$ (*straight-through
estimator*). In code, ${z} = {ze} + \mathrm{{sg}}({ek} - {ze})$, where sg passes a value on and stops its gradient.

$$\text{{loss}} = {distortion} + \beta_c\,\|{ze} - \mathrm{{sg}}({ek})\|^2, \qquad \beta_c = 0.25.$$

The second term, the *commitment loss*, keeps the encoder output close to the chosen entries. Each entry follows the outputs that chose it,
as in k-means, by moving averages of their number $N_k$ and their sum $m_k$, where $n_k$ outputs of the batch chose entry $k$ and
$\gamma = 0.99$:

$$N_k \leftarrow \gamma N_k + (1-\gamma)\,n_k, \qquad m_k \leftarrow \gamma m_k + (1-\gamma) \sum {ze}, \qquad {ek} = m_k / N_k.$$

An entry that is almost never chosen is reset to an encoder output.

**Rate and bound.** The posterior is deterministic, and the prior is uniform over $K$ entries at each position. So

$$\mathrm{{KL}} = {rate} \text{{ nats}}, \qquad -\log p({x}) \le {distortion} + {rate}.$$

Under this prior $p({x})$ is a sum over all $K^G$ codes; the bound keeps one of these terms.

**Perplexity**, $\exp(-\sum_k p_k \log p_k)$ with $p_k$ the share of entry $k$ in all choices, is $K$ if all entries are chosen equally
often and 1 if it is always the same one. The shares are pooled over positions: a perplexity near $K$ does not mean that each position uses
all entries.

*A common mistake* is to compare the distortion with a VAE's and to leave out the rate. A longer code can always reconstruct better.
"""

LESSON = Lesson(
    PAGE,
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
)


@st.cache_resource(max_entries=2, show_spinner=False)
def _coded(folder, version: str, _run) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Encoder outputs [n, G, 2] and entries [n, G] of the test images, the share of each entry in all
    choices, and its perplexity.
    """
    from explorer.lessons.codebook import coded, use

    encoded, index = coded(cache.loaded(_run).model, cache.view(_run).embedding.images)
    return encoded, index, *use(index, _run.spec.n_codes)


def picture() -> None:
    run = next((run for run in cache.all_runs()[0] if run.name == SHOWN), None)
    if run is None:
        return st.info(
            f"This lesson needs the run {SHOWN}, which is not there. The command that trains it is in"
            " `trained/make.sh`."
        )
    from explorer.figures.lesson_codebook import book, book_at, usage, usage_at
    from explorer.figures.live import fill
    from explorer.lessons.codebook import use

    encoded, index, share, perplexity = _coded(run.folder, cache.version(run), run)
    codebook, n_codes, n_groups = cache.codebook(run), run.spec.n_codes, run.spec.n_groups
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
    from explorer.figures.lesson_codebook import entry_colours
    from explorer.lessons.codebook import distortions, every_entry

    loaded, codebook, images = cache.loaded(run), cache.codebook(run), cache.view(run).embedding.images
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
        _larger(cache.loaded(run).decode(zs), 3),
        [f"sample {i + 1}" for i in range(len(zs))],
        ROW,
    )


teach(LESSON, picture)
