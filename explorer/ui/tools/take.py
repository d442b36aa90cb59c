"""What can be taken along: codes, the run, its decoder, a link."""

from urllib.parse import urlencode

import streamlit as st

from explorer.errors import UserError
from explorer.ui.tools.tool import Tool
from explorer.ui.visit import Visit, key


def show(here: Visit) -> None:
    from explorer import exporting

    run, beta = here.run, here.beta
    at = f"-beta-{beta:.3g}" if beta is not None else ""
    st.markdown("**Codes of the test images**")
    with st.container(horizontal=True):
        _offer(here, "CSV", f"{run.name}{at}-codes.csv", "text/csv", lambda: exporting.codes_csv(run, beta))
        _offer(here, "Parquet", f"{run.name}{at}-codes.parquet", "application/octet-stream", lambda: exporting.codes_parquet(run, beta))
    st.caption("A row for each image: its number, class, μ" + (" and log σ² of each dimension." if run.spec.has_prior else
               " of each dimension; there is no σ."))
    st.markdown("**The run**")
    with st.container(horizontal=True):
        _offer(here, "Run, zip", f"{run.name}.zip", "application/zip", lambda: exporting.run_zip(run))
        _offer(here, "Decoder, ONNX", f"{run.name}{at}-decoder.onnx", "application/octet-stream", lambda: exporting.decoder_onnx(run, beta))
    st.caption("The zip holds the settings, weights, codes and the training's events. The ONNX decoder takes z [batch, "
               f"{run.spec.latent_dim}] and gives images [batch, {', '.join(map(str, run.shape))}] from 0 to 1; it is checked against this "
               "model before you get it, which takes a few seconds.")
    st.markdown("**Pictures**")
    st.caption("*Save PNG* under the pad and under every set of images saves what is seen; Plotly's figures have a camera in their corner.")
    st.markdown("**This view**")
    st.code(f"{st.context.url}?{urlencode(st.query_params.to_dict(), safe=',')}", language=None, wrap_lines=True)
    st.caption("The address of the page always holds the model, z, the tool in view and what is chosen there: send it, or keep it.")


def _offer(here: Visit, label: str, file: str, mime: str, made) -> None:
    """Made when it is asked for."""
    failed = key(f"failed {label}", here.run)

    def data() -> bytes:
        try:
            return made()
        except UserError as error:
            st.session_state[failed] = str(error)
            raise

    st.download_button(label, data, file, mime, key=key(f"take {label}", here.run), icon=":material/download:", on_click="ignore")
    if said := st.session_state.pop(failed, None):
        st.error(said)


TOOL = Tool("Take along", "Take it with you", "Everything on this page as files, and the page itself as a link.", show)
