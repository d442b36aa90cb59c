"""An image of the visitor's own, or a test image: its posterior, its reconstruction, its distortion and rate,
and log p(x).
"""

import numpy as np

from explorer.names import is_vector
from explorer.registry import LESSONS
from explorer.ui.components.gallery import gallery
from explorer.ui.components.prose import st
from explorer.ui.components.settings import IMAGE_SOURCE, IMPORTANCE_SAMPLES, TEST_IMAGE
from explorer.ui.explore.session import ExploreSession, session_key
from explorer.ui.explore.tools.image_fields import drawing_field, upload_field
from explorer.ui.explore.tools.tool import Tool
from explorer.ui.learn.lesson import page_name
from explorer.ui.pages import page_file
from explorer.views import words
from explorer.views.run_view import RunView

SOURCE_LABELS = {"test": "A test image", "draw": "Draw", "upload": "Upload"}
MAX_CACHED_ESTIMATES = 50  # estimates of log p(x)


def _chosen_image(session: ExploreSession) -> np.ndarray | None:
    """Return the chosen image, uint8 [C, H, W], if there is one."""
    images = RunView(session.run).embedding.images
    return (
        images[min(TEST_IMAGE.get(), len(images) - 1)]
        if IMAGE_SOURCE.get() == "test"
        else session.own_images.get(IMAGE_SOURCE.get())
    )


def _label(session: ExploreSession) -> int | None:
    """Return the class for a conditional model: that of the test image, or the present one for another."""
    if session.label is None or IMAGE_SOURCE.get() != "test":
        return session.label
    e = RunView(session.run).embedding
    return int(e.y[min(TEST_IMAGE.get(), len(e.images) - 1)])


def _posterior(session: ExploreSession, x: np.ndarray) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
    """Return mu, logvar and rate [D]; logvar is None for an AE."""
    from explorer.runs import inference

    return inference.posterior(RunView(session.run).load(session.beta), x, _label(session))


def overlay(session: ExploreSession) -> dict:
    if (x := _chosen_image(session)) is None:
        return {}
    mu, logvar, _ = _posterior(session, x)
    posterior = {} if logvar is None else {"gaussian": {"mu": mu.tolist(), "sd": np.exp(logvar / 2).tolist()}}
    return {"marks": [mu.tolist()]} | posterior


def show(session: ExploreSession) -> None:
    run, images = session.run, RunView(session.run).embedding.images
    if is_vector(run.shape):  # which cannot be drawn
        IMAGE_SOURCE.set("test")
    else:
        IMAGE_SOURCE.segmented_control("Image", list(SOURCE_LABELS), SOURCE_LABELS.get)
    if IMAGE_SOURCE.get() == "test":
        TEST_IMAGE.number_input("Test image number", len(images) - 1)
    elif IMAGE_SOURCE.get() == "draw":
        drawing_field(session, images)
    else:
        upload_field(session, images)
    if (x := _chosen_image(session)) is None:
        st.caption("Your image stays in this app and is kept for this visit only.")
        return
    loaded, (mu, logvar, rate) = RunView(run).load(session.beta), _posterior(session, x)
    sd, label = None if logvar is None else np.exp(logvar / 2), _label(session)
    if label is not None:
        name = words.escape_markdown(run.class_names[label])
        st.caption(f"The image is encoded and decoded with the class {name}.")

    def draw_eps():
        session.posterior_noise = np.random.default_rng().standard_normal(len(mu))
        session.move(mu + sd * session.posterior_noise, label=label)

    with st.container(horizontal=True):
        st.button(
            "Go to its code",
            key=session_key("go-to-own-code", run),
            on_click=session.move,
            args=(mu, None, label),
            type="primary",
        )
        if sd is not None:
            st.button(
                "Sample from its posterior",
                key=session_key("sample-own-posterior", run),
                on_click=draw_eps,
                help="z = μ + σ·ε, with a new ε",
            )
    zs, names = [mu], ["decoded from μ"]
    if sd is not None and session.posterior_noise is not None and len(session.posterior_noise) == len(mu):
        zs, names = [*zs, mu + sd * session.posterior_noise], [*names, "decoded from μ + σ·ε"]
    gallery(
        session_key("own", run),
        "The image and its reconstruction",
        np.concatenate([x[None] / np.float32(255), loaded.decode(np.array(zs), label)]),
        ["the image", *names],
        4,
        captions=["the image", *names],
        on_pick=lambda i: session.move(zs[i - 1], label=label) if i else None,
        caption_suffix=session.title,
    )
    _show_metrics(session, loaded, x, zs[-1], rate)


def _show_metrics(session: ExploreSession, loaded, x: np.ndarray, z: np.ndarray, rate: np.ndarray) -> None:
    from explorer.figures.bars import bars
    from explorer.runs import inference

    distortion, test, spec = (
        inference.distortion_at(loaded, x, z, _label(session)),
        session.run.test,
        session.run.spec,
    )
    if spec.n_codes:
        st.markdown(
            f"The distortion is **{distortion:.1f}** nats at this z, the rate **{rate.sum():.1f}** nats. Test"
            f" images have a mean distortion of {test.distortion:.1f}, and the same rate."
        )
        st.caption(
            f"The rate is {spec.n_groups} · ln {spec.n_codes} for every image: {spec.n_groups} positions with"
            f" a uniform prior over {spec.n_codes} entries."
        )
        return
    if not spec.has_prior:
        st.markdown(
            f"The distortion is **{distortion:.1f}** nats; the mean over the test images is"
            f" {test.distortion:.1f}."
        )
        st.caption(
            "The code of an AE is a point: it has no posterior and no rate, and the model assigns no"
            " probability to an image."
        )
        return
    st.markdown(
        f"The distortion is **{distortion:.1f}** nats at this z, the rate **{rate.sum():.1f}** nats; the"
        f" means over the test images are {test.distortion:.1f} and"
        f" {test.rate:.1f}{' at KL weight 1' if spec.rungs else ''}."
    )
    figure = bars(rate, [words.dimension_label(i) for i in range(len(rate))], "rate, nats")
    st.plotly_chart(
        figure,
        key=session_key("rates", session.run),
        alt="Rate of each latent dimension, in nats",
        config={"displaylogo": False},
    )
    IMPORTANCE_SAMPLES.segmented_control(
        "Importance samples for log p(x)", IMPORTANCE_SAMPLES.options, lambda n: f"{int(n):,}"
    )
    n = int(IMPORTANCE_SAMPLES.get())
    log_likelihood, spread = _log_likelihood(session, loaded, x, n)
    quantity = "log p(x)" if session.label is None else "log p(x | class)"
    st.markdown(
        f"{quantity} ≈ **{words.format_number(log_likelihood)} ± {spread:.1f}** nats ({n:,} importance"
        f" sample{'s' * (n > 1)}; on average an underestimate)",
        help=(
            f"Mean and standard deviation of {inference.REPEATS} estimates with {n:,} samples each. Where "
            "q(z|x) fits the true posterior poorly, log p(x) can be higher by much more."
        ),
    )
    if not spec.likelihood_kind.is_density:
        st.caption(
            f"On grey pixels, the {spec.likelihood.capitalize()} likelihood is not a normalised density:"
            " compare log p(x) only between models with this likelihood. The continuous"
            " Bernoulli is a density."
        )
    st.page_link(page_file(page_name("elbo")), label=f"Lesson: {LESSONS['elbo']}", icon=":material/school:")


def _log_likelihood(session: ExploreSession, loaded, x: np.ndarray, n: int) -> tuple[float, float]:
    """Return log p(x) in nats and its standard deviation, computed once per image and number of samples."""
    from explorer.runs import inference

    key = session.beta, _label(session), x.tobytes(), n
    if key not in session.log_likelihoods:
        bar = st.progress(0.0, "Sampling from the posterior…")
        estimates = inference.log_likelihood(
            loaded,
            x,
            n,
            lambda done, total: bar.progress(done / total, f"{done:,} of {total:,} samples"),
            _label(session),
        )
        session.log_likelihoods = dict([*session.log_likelihoods.items()][-MAX_CACHED_ESTIMATES:]) | {
            key: estimates
        }
        bar.empty()
    return session.log_likelihoods[key]


TOOL = Tool(
    "Your image",
    "Draw or upload an image, or choose a test image. The map marks its code, and the posterior of a VAE as"
    " an ellipse. Compare the image with its reconstruction.",
    show,
    (IMAGE_SOURCE, TEST_IMAGE, IMPORTANCE_SAMPLES),
    overlay,
    of_vectors=(
        "One vector",
        "Choose a test vector. The map marks its code, and the posterior of a VAE as an ellipse. Compare the"
        " vector with its reconstruction.",
    ),
)
