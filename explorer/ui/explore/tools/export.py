"""Export: a web page, codes, the run, its decoder, a link, and what to cite."""

from collections.abc import Callable

from explorer.errors import UserError
from explorer.export.contents import file_name, run_content
from explorer.runs.citation import bibtex
from explorer.store.ownership import owner_key, public_name
from explorer.ui.components.embed import EmbeddedState, show_embed
from explorer.ui.components.prose import st
from explorer.ui.components.web_page import web_page_button
from explorer.ui.explore.session import ExploreSession, session_key
from explorer.ui.explore.tools.export_animation import show_animation
from explorer.ui.explore.tools.tool import Tool

REFRESH_SECONDS = 1.5


def show(session: ExploreSession) -> None:
    from explorer.runs import export_run

    run, beta, name = session.run, session.beta, public_name(session.run.name)
    at = f"-beta-{beta:.3g}" if beta is not None else ""
    st.markdown("**Web page**")
    web_page_button(
        session_key("export", run),
        [run.name],
        lambda includes_own: run_content(run, includes_own),
        session.position.values,
        row=session.position.row,
        runs=[run],
        errors=session.export_errors,
    )
    show_animation(session, _download_button)
    st.markdown("**Codes of the test images**")
    with st.container(horizontal=True):
        row = "One row per image: number, class, " + (
            "μ and log σ² of each dimension" if run.spec.has_prior else "code"
        )
        _download_button(
            session, "CSV", f"{name}{at}-codes.csv", "text/csv", lambda: export_run.codes_csv(run, beta), row
        )
        _download_button(
            session,
            "Parquet",
            f"{name}{at}-codes.parquet",
            "application/octet-stream",
            lambda: export_run.codes_parquet(run, beta),
            row,
        )
        _download_button(
            session,
            "Embedding Projector, zip",
            f"{name}{at}-projector.zip",
            "application/zip",
            lambda: export_run.codes_projector(run, beta),
            "vectors.tsv and metadata.tsv, for the Embedding Projector",
        )
    st.markdown("**The run**")
    with st.container(horizontal=True):
        _download_button(
            session,
            "Run, zip",
            f"{name}.zip",
            "application/zip",
            lambda: export_run.run_zip(run),
            "Settings, weights, codes and training events",
        )
        _download_button(
            session,
            "Decoder, ONNX",
            f"{name}{at}-decoder.onnx",
            "application/octet-stream",
            lambda: export_run.decoder_onnx(run, beta),
            f"z [batch, {run.spec.latent_dim}] → images [batch, {', '.join(map(str, run.shape))}] in 0 to 1."
            " It is tested against this model first, which takes some seconds.",
        )
    _show_errors(session)
    st.markdown(
        "**This view**",
        help="*Save PNG* next to the map, and below each set of images, saves a captioned picture.",
    )
    st.code(session.link, language=None, wrap_lines=True)
    tool = " with the tool that was open before" if session.last_tool else ""
    st.caption(
        f"This link opens the model at this z{tool}."
        + (" The run is private: the link works in this browser only." if owner_key(run.name) else "")
    )
    st.markdown("**Embed**", help="On slides and pages of a course, or as a QR code.")
    show_embed(_embedded_state(session), session_key("take", run))
    with st.expander("Cite"):
        st.code(bibtex(run.spec), language="bibtex", wrap_lines=True)


def _embedded_state(session: ExploreSession) -> EmbeddedState:
    """Return the pad without a tool."""
    hash = {name: text for name, text in session.pad_query.items() if name != "run"}
    return EmbeddedState(session.title, session.pad_query, hash, file_name(session.run.name))


def _download_button(
    session: ExploreSession, label: str, file_name: str, mime: str, build: Callable[[], bytes], help: str
) -> None:
    """Draw a button for a file that is built when it is pressed."""

    def data() -> bytes:
        session.export_errors.pop(file_name, None)
        try:
            return build()
        except UserError as error:  # raised outside the page, so _show_errors() shows it
            session.export_errors[file_name] = str(error)
            raise

    st.download_button(
        label,
        data,
        file_name,
        mime,
        key=session_key(f"take {label}", session.run),
        icon=":material/download:",
        on_click="ignore",
        help=help,
    )


@st.fragment(run_every=REFRESH_SECONDS)
def _show_errors(session: ExploreSession) -> None:
    for file, fault in session.export_errors.items():
        st.error(f"{file} could not be made. {fault}")


TOOL = Tool("Export", "Download files of this run, or copy a link to this view.", show)
