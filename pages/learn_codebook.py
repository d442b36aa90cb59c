"""The VQ-VAE: a code is a few entries of one book."""

import numpy as np
import streamlit as st

from explorer.ui import cache
from explorer.ui.gallery import gallery
from explorer.ui.lesson import Lesson, Question, teach, tex
from explorer.ui.settings import Setting

CONCEPTS = (24,)
PAGE = "learn_codebook"
SHOWN = "digits-vqvae"
OWN = -1  # no entry is put in place of the code's own
IMAGE = Setting("image", 0, 0, 359, page=PAGE)
PLACE = Setting("place", 1, 1, 4, page=PAGE)
ENTRY = Setting("entry", OWN, OWN, 31, page=PAGE)
SEED = Setting("seed", 0, 0, 999, page=PAGE)
ROW = 8  # images

x, z, ze, e, ek = tex("x", "x"), tex("z", "z"), tex("mu", "z_e"), tex("z", "e"), tex("z", "e_k")
distortion, rate = tex("distortion", rf"-\log p({x}|{z})"), tex("rate", r"G \log K")
MATHEMATICS = rf"""
The encoder's numbers ${ze}({x})$ are cut into $G$ places, and each place takes the entry of the book that is nearest to it:

$$k = \arg\min_j \|{ze} - {e}_j\|, \qquad {z} = {ek}.$$

**A choice has no slope.** Backwards it is left out: the gradient at ${z}$ is handed to ${ze}$ as it is (*straight through*). In code,
${z} = {ze} + \mathrm{{sg}}({ek} - {ze})$, where sg passes a value on and stops its gradient.

$$\text{{loss}} = {distortion} + \beta_c\,\|{ze} - \mathrm{{sg}}({ek})\|^2, \qquad \beta_c = 0.25.$$

The second term, the *commitment*, keeps the encoder near the entries that it chose. The entries follow what chose them, as in k-means,
by moving averages of how often, $N_k$, and of what, $m_k$ (with $\gamma = 0.99$):

$$N_k \leftarrow \gamma N_k + (1-\gamma)\,n_k, \qquad m_k \leftarrow \gamma m_k + (1-\gamma) \sum {ze}, \qquad {ek} = m_k / N_k.$$

An entry that hardly anything chooses starts again where some encoder output lies.

**The price.** The encoder is sure of its choice, and the prior holds all $K$ entries for equally likely, at each place. So

$$\mathrm{{KL}} = {rate} \text{{ nats}}, \qquad -\log p({x}) \le {distortion} + {rate}.$$

**Perplexity**, $\exp(-\sum_k p_k \log p_k)$ over the shares $p_k$ of the use, says how much of the book is in use: $K$ if all entries
are chosen equally often, 1 if it is always the same.

*A slip that is easy to make:* to compare distortions with a VAE's and leave the rate out. A longer code can always reconstruct better.
"""

LESSON = Lesson(
    PAGE,
    "Each place of a code holds an entry of one small book. **Choose an image and a place of its code, then put another entry there:** "
    "the image is decoded anew.",
    Question("A VAE's encoder cheats unless it pays a KL: it moves codes apart and narrows them. A VQ-VAE has no such term to lower. What "
             "stops it?",
             ("The commitment, a KL in disguise", "The book: all codes cost the same, near or far", "The decoder, which corrects it"), 1,
             "Only the number of an entry is handed on: at each place one of a few, for log K nats whichever it is. Codes that lie farther "
             "apart say no more, so there is nothing to gain. What a book does not give is order among entries that stand together: below "
             "are some drawn at random. The paper trains a second network to learn which go together."),
    MATHEMATICS,
    ("explorer.models.vqvae:VQVAE.posterior", "explorer.models.posterior:Codes", "explorer.objectives.codebook:commitment",
     "explorer.objectives.codebook:Averages.update"),
    (IMAGE, PLACE, ENTRY, SEED),
)


@st.cache_resource(max_entries=2, show_spinner=False)
def _coded(folder, version: str, _run) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Encoder outputs [n, G, 2], entries [n, G], the share of each in the use, and its perplexity: of the test images."""
    from explorer.lessons.codebook import coded, use

    encoded, index = coded(cache.loaded(_run).model, cache.view(_run).embedding.images)
    return encoded, index, *use(index, _run.spec.n_codes)


def picture() -> None:
    run = next((run for run in cache.all_runs()[0] if run.name == SHOWN), None)
    if run is None:
        return st.info(f"The run {SHOWN} is not there. `trained/make.sh` has the command that trains it again.")
    from explorer.figures.lesson_codebook import book, book_at, usage, usage_at
    from explorer.figures.live import fill

    encoded, index, share, perplexity = _coded(run.folder, cache.version(run), run)
    codebook, n_codes, n_groups = cache.codebook(run), run.spec.n_codes, run.spec.n_groups
    place = min(PLACE.get(), n_groups) - 1
    left, middle, right = st.columns([1, 1.25, 1.25], gap="medium")
    with left:
        row = IMAGE.slider("Test image", high=len(index) - 1)
    entry = _code(run, row, index[row], place, left, middle)
    with right:
        told = book_at(codebook, share, (encoded.reshape(-1, 2), index.ravel()), encoded[row], index[row], place, entry)
        st.vega_lite_chart(fill(book(), **told), width="stretch")
        st.caption(f"The book: {n_codes} entries, as large as they are often used. Dots: what the encoder says of all {len(index)} test "
                   f"images, in the colour of the entry they fall onto. The {n_groups} crosses: this image; the large one, its place "
                   f"{place + 1}.")
    left, right = st.columns(2, gap="medium")
    with left:
        st.markdown(f"**How much of the book is used:** perplexity {perplexity:.1f} of {n_codes}, as if so many were used equally often.")
        st.vega_lite_chart(fill(usage(), **usage_at(codebook, share)), width="stretch")
        st.caption(f"Dashed: all equally often. Test split, {len(index)} images of {n_groups} entries each.")
    with right:
        _drawn(run, codebook)


def _code(run, row: int, own: np.ndarray, place: int, here, beside) -> int:
    """A code as coloured cells, what it decodes to, and what every other entry at that place would. Returns the entry that is there."""
    from explorer.figures.lesson_codebook import entry_colours
    from explorer.lessons.codebook import distortions, every_entry

    loaded, codebook, images = cache.loaded(run), cache.codebook(run), cache.view(run).embedding.images
    entry = int(own[place]) if ENTRY.get() == OWN else min(ENTRY.get(), len(codebook) - 1)
    code = np.where(np.arange(len(own)) == place, entry, own)
    zs = every_entry(codebook, own, place)
    decoded, nats = loaded.decode(zs), distortions(loaded.model, loaded.likelihood, images[row], zs)
    cells = np.broadcast_to(entry_colours(codebook)[code][:, :, None, None], (len(code), 3, 12, 24))
    with here:
        st.markdown("Its code. **Click a place:**")
        gallery("codebook cells", "The code", cells, [f"place {i + 1}, entry {k}" for i, k in enumerate(code)], len(code),
                captions=[str(k) for k in code], chosen=place, on_pick=lambda i: (PLACE.set(i + 1), ENTRY.set(OWN)))
        three = _larger(np.stack([images[row] / np.float32(255), decoded[own[place]], decoded[entry]]), 6)
        captions = ["the image", f"its code\n{nats[own[place]]:.1f} nats", f"as it stands\n{nats[entry]:.1f} nats"]
        gallery("codebook images", "The image, its code decoded, and the code as it stands", three, captions, 3, captions=captions)
        st.button(f"Put {own[place]} back", on_click=ENTRY.set, args=(OWN,), disabled=entry == own[place], key="codebook back")
    with beside:
        st.markdown(f"**Click an entry for place {place + 1}:**")
        gallery("codebook entries", f"Every entry at place {place + 1}, the others left as they are", _larger(decoded, 3),
                [f"entry {k}, {d:.1f} nats" for k, d in enumerate(nats)], ROW, captions=[str(k) for k in range(len(codebook))],
                chosen=entry, on_pick=ENTRY.set)
        st.caption(f"Nats under an image: distortion, {run.test.distortion:.1f} on average over the test split. The rate is "
                   f"**{run.test.rate:.1f} nats** ({run.test.rate / np.log(2):.0f} bits) whatever the image: {len(own)} places of "
                   f"{len(codebook)} entries.")
    return entry


def _larger(images: np.ndarray, times: int) -> np.ndarray:
    """Each pixel so many times as wide and high: a gallery shows large images large."""
    return images.repeat(times, 2).repeat(times, 3)


def _drawn(run, codebook: np.ndarray) -> None:
    """Entries that nobody put together."""
    from explorer.latent.draws import from_codebook

    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Entries drawn at random,** all equally likely: the prior. Are these digits?", width="stretch")
        st.button("Draw again", key="codebook draw", on_click=lambda: SEED.set((SEED.get() + 1) % int(SEED.high + 1)))
    zs = from_codebook(codebook, run.spec.n_groups, 2 * ROW, np.random.default_rng(SEED.get()))
    gallery("codebook draws", "Draws", _larger(cache.loaded(run).decode(zs), 3), [f"draw {i + 1}" for i in range(len(zs))], ROW)


teach(LESSON, picture)
