"""Export: codes, the run, its decoder, a link."""

from collections.abc import Callable
from urllib.parse import urlencode

import streamlit as st

from explorer.errors import UserError
from explorer.store.ownership import owner_key, public_name
from explorer.ui.explore.session import ExploreSession, key
from explorer.ui.explore.tools.tool import Tool

LOOK_EVERY = 1.5  # seconds


def show(here: ExploreSession) -> None:
    from explorer.runs import export_run
    from explorer.ui.explore.address import written
    from explorer.ui.explore.tools import TOOLS

    run, beta, name = here.run, here.beta, public_name(here.run.name)
    at = f"-beta-{beta:.3g}" if beta is not None else ""
    st.markdown("**Codes of the test images**")
    with st.container(horizontal=True):
        row = "One row per image: number, class, " + (
            "μ and log σ² of each dimension" if run.spec.has_prior else "code"
        )
        _offer(here, "CSV", f"{name}{at}-codes.csv", "text/csv", lambda: export_run.codes_csv(run, beta), row)
        _offer(
            here,
            "Parquet",
            f"{name}{at}-codes.parquet",
            "application/octet-stream",
            lambda: export_run.codes_parquet(run, beta),
            row,
        )
        _offer(
            here,
            "Embedding Projector, zip",
            f"{name}{at}-projector.zip",
            "application/zip",
            lambda: export_run.codes_projector(run, beta),
            "vectors.tsv and metadata.tsv, for the Embedding Projector",
        )
    st.markdown("**The run**")
    with st.container(horizontal=True):
        _offer(
            here,
            "Run, zip",
            f"{name}.zip",
            "application/zip",
            lambda: export_run.run_zip(run),
            "Settings, weights, codes and training events",
        )
        _offer(
            here,
            "Decoder, ONNX",
            f"{name}{at}-decoder.onnx",
            "application/octet-stream",
            lambda: export_run.decoder_onnx(run, beta),
            f"z [batch, {run.spec.latent_dim}] → images [batch, {', '.join(map(str, run.shape))}] in 0 to 1."
            " It is tested against this model first, which takes some seconds.",
        )
    _failed(here)
    st.markdown(
        "**This view**",
        help="*Save PNG* next to the map, and below each set of images, saves a captioned picture.",
    )
    st.code(
        f"{st.context.url}?{urlencode(written(here, here.tool), safe=',')}", language=None, wrap_lines=True
    )
    tool = f", with *{TOOLS[here.tool].label}* open" if here.tool else ""
    st.caption(
        f"This link opens the model at this z{tool}."
        + (" The run is private: the link works in this browser only." if owner_key(run.name) else "")
    )


def _offer(
    here: ExploreSession, label: str, file: str, mime: str, made: Callable[[], bytes], contains: str
) -> None:
    """Made when it is asked for."""

    def data() -> bytes:
        here.faults.pop(file, None)
        try:
            return made()
        except UserError as error:  # outside of any page: _failed tells it
            here.faults[file] = str(error)
            raise

    st.download_button(
        label,
        data,
        file,
        mime,
        key=key(f"take {label}", here.run),
        icon=":material/download:",
        on_click="ignore",
        help=contains,
    )


@st.fragment(run_every=LOOK_EVERY)
def _failed(here: ExploreSession) -> None:
    for file, fault in here.faults.items():
        st.error(f"{file} could not be made. {fault}")


TOOL = Tool("Export", "Download files of this run, or copy a link to this view.", show)
