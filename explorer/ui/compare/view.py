"""Two models side by side, an AE and a VAE: their latent pad, what to notice, and what the KL weight does."""

from explorer.export.contents import comparison_content, file_name
from explorer.export.decoded_grid import page_fault
from explorer.live.fields import AE_Z, CLASS, Z
from explorer.query import problem_sentence
from explorer.specs import RunSpec
from explorer.store.ownership import public_name
from explorer.store.run import Run
from explorer.ui.compare import address
from explorer.ui.compare.figures import runs_with_prior, show_figures
from explorer.ui.compare.notes import CONFIDENCE_HELP, notes
from explorer.ui.compare.reconstructions import show_reconstructions
from explorer.ui.compare.samples import density_setting, show_samples
from explorer.ui.compare.starts import show_starts
from explorer.ui.compare.surgery import show_surgery
from explorer.ui.components.address import Address
from explorer.ui.components.embed import EmbeddedState, embed_expander
from explorer.ui.components.latent_pad import latent_pad
from explorer.ui.components.pad_position import PadPosition
from explorer.ui.components.pad_state import pad_state
from explorer.ui.components.prose import in_words, st
from explorer.ui.components.settings import AE_DENSITY, apply_settings, settings_query
from explorer.ui.components.web_page import web_page_button
from explorer.ui.faults import show_user_errors
from explorer.ui.pages import page_file
from explorer.ui.train.address import train_query
from explorer.views import words
from explorer.views.pad_start import n_pair_classes, n_walk_images, pair_start
from explorer.views.run_view import RunView, run_version

ADDRESS = Address("compare")


def follow_link(ae: Run, vae: Run) -> None:
    """Move to where a new address says. Not for fragments, in which the address may be late by a message."""
    if (parameters := ADDRESS.read_new_query()) is None:
        return
    with show_user_errors():
        views = RunView(ae), RunView(vae)
        scales = [view.scale for view in views]
        counts = n_pair_classes(views), n_walk_images(views)
        problem = address.apply_query(parameters, _pad_position(ae, vae), *scales, views[1].betas, *counts)
        density_problems = apply_settings([density_setting(ae)], parameters)
        for sentence in filter(None, (problem, problem_sentence(density_problems))):
            st.warning(sentence)


@st.fragment
def compare_view(ae: Run, vae: Run) -> None:
    """Draw the pair. Reruns alone when the hand lets go of z or the KL weight."""
    with show_user_errors():
        position = _pair_pad(ae, vae)
        notice = st.container(border=True)
        samples = st.container()
        show_figures(ae, vae, position)
        for run, name in runs_with_prior(ae, vae):
            show_surgery(run, position.film_position or run.spec.beta, name)
        if vae.film:
            _exact_beta_link(vae, position.film_position)
        show_reconstructions(ae, vae, position.film_position if vae.film else None)
        show_starts(vae)
        _web_page(ae, vae, position)
        embed_expander(_embedded_state(ae, vae), "compare")
        for i, note in enumerate(notes(ae, vae)):  # last, as a run is measured for some seconds once
            notice.markdown(in_words(note), help=None if i else in_words(CONFIDENCE_HELP))
        with samples:
            show_samples(ae, vae, position.film_position if vae.film else None)


@st.fragment
def compare_figure(ae: Run, vae: Run) -> None:
    """Draw the pad of the pair alone."""
    with show_user_errors():
        _pair_pad(ae, vae)


def _pair_pad(ae: Run, vae: Run) -> PadPosition:
    """Draw the pad, write the address, and return the position."""
    for run in (ae, vae):
        RunView(run).assert_unchanged()
    views, position = (RunView(ae), RunView(vae)), _pad_position(ae, vae)
    latent_pad(
        _session_key("pad", ae, vae),
        sides=[(view.comparison_block, view.decoder_block) for view in views],
        images=views[1].images_block,
        classifier=RunView(vae).classifier_block,
        n_classes=n_pair_classes(views),
        state=pad_state([ae, vae], position),
        betas=views[1].betas,
        n_images=n_walk_images(views),
        on_commit=lambda message: position.receive_commit(
            message, lambda side, beta: views[side].codes(beta)
        ),
        on_decode_request=position.receive_preview,
    )
    ADDRESS.write(build_query(ae, vae))
    return position


def build_query(ae: Run, vae: Run) -> dict[str, str]:
    """Return the query of a link to the present state."""
    views, position = (RunView(ae), RunView(vae)), _pad_position(ae, vae)
    counts = n_pair_classes(views), n_walk_images(views)
    query = address.build_query(ae.name, vae.name, position, views[1].betas, *counts)
    return query | settings_query([density_setting(ae)])


def _embedded_state(ae: Run, vae: Run) -> EmbeddedState:
    query = build_query(ae, vae)
    hash = {
        name: text for name, text in query.items() if name not in (address.AE, address.VAE, AE_DENSITY.name)
    }
    title = " and ".join(words.run_title(run) for run in (ae, vae))
    return EmbeddedState(title, query, hash, file_name(ae.name, vae.name))


def _web_page(ae: Run, vae: Run, position: PadPosition) -> None:
    if fault := next(filter(None, (page_fault(RunView(run)) for run in (ae, vae))), ""):
        st.caption(f"There is no web page of this pair. {public_name(fault)}")
        return
    web_page_button(
        _session_key("export", ae, vae),
        [ae.name, vae.name],
        lambda includes_own: comparison_content(ae, vae, includes_own),
        position.values,
        runs=[ae, vae],
    )


def _session_key(prefix: str, ae: Run, vae: Run) -> str:
    return "-".join([prefix, ae.name, run_version(ae), vae.name, run_version(vae)])


def _pad_position(ae: Run, vae: Run) -> PadPosition:
    """Return the position of the pad; a pair that is new to this session starts in the AE's widest gap."""
    key, views = _session_key("position", ae, vae), (RunView(ae), RunView(vae))
    if key not in st.session_state:
        values = pair_start(views)
        st.session_state[key] = PadPosition(
            [values[AE_Z], values[Z]], None, film_position=vae.spec.beta, label=values.get(CLASS)
        )
    return st.session_state[key]


def _exact_beta_link(vae: Run, beta: float) -> None:
    exact = RunSpec.from_dict(
        vae.spec.to_dict()
        | {
            "model": "vae",
            "beta": float(f"{beta:.3g}"),
            "betas": None,
            "rung_epochs": None,
        }
    )
    st.page_link(
        page_file("train"),
        label=f"Train a VAE at exactly β = {exact.beta:g}, with the other settings unchanged",
        icon=":material/model_training:",
        query_params=train_query(exact),
        help=(
            "Between two trained KL weights, a ladder interpolates the weights of its network. A VAE trained"
            " at exactly this KL weight can then be chosen above instead of the ladder."
        ),
    )
