"""Export → Web page: a button for one HTML file, which needs no server."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from explorer.errors import UserError
from explorer.export.contents import file_name, has_own_images
from explorer.live.fields import check_values
from explorer.live.page import PageContent, build_page
from explorer.store.run import Run
from explorer.ui.components.prose import st

HELP = (
    "One HTML file that opens by double click, without a server or a network, at the present state: for a"
    " course page, a USB stick or an email"
)


def web_page_button(
    key: str,
    names: Sequence[str],
    build: Callable[[bool], PageContent],
    values: Mapping,
    *,
    row: int | None = None,
    runs: Sequence[Run] = (),
    errors: dict[str, str] | None = None,
) -> None:
    """Draw a button for a page that is made when it is pressed. If the test images of a run are somebody's
    own, a check box says whether they are packed.

    names: of what the page shows; build: a function of whether such images are packed; values, row: of the
    present state, where the page opens; errors: gets the sentence if the page could not be made, by the name
    of its file; without it, the sentence is shown the next time.
    """
    name = file_name(*names)
    if errors is None:
        errors = st.session_state.setdefault("web page errors", {})
        if name in errors:
            st.error(errors.pop(name))
    has_own = any(map(has_own_images, runs))
    includes_own = has_own and st.checkbox(
        "Pack the test images into the web page",
        key=f"web page images {key}",
        help="They are your own: whoever gets the page can see them. The decoder has learned from such images"
        " too, and may show what resembles them.",
    )

    def data() -> bytes:
        errors.pop(name, None)
        try:
            content = build(includes_own)
            start = (content.state or {}).get("values", {})
            state = {"values": start | check_values(content.fields, dict(values))}
            shown = row if includes_own or not has_own else None
            return build_page(replace(content, state=state | {"row": shown})).encode()
        except UserError as error:  # raised outside the page
            errors[name] = str(error)
            raise

    st.download_button(
        "Web page, HTML",
        data,
        name,
        "text/html",
        key=f"web page {key}",
        icon=":material/download:",
        on_click="ignore",
        help=HELP,
    )
