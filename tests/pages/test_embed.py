"""Export → Embed: the snippets and the QR code show the present state."""

import base64
from html import unescape

from tests.pages.conftest import follow, opened


def texts(app) -> list[str]:
    return [unescape(code.value) for code in app.code]


def test_snippets_show_the_app_or_its_web_page_at_the_present_state(runs_folder):
    app = follow("explore", opened(), run="tiny-ladder", tool="take", z="0.5,-1.25", beta="0.1")
    state = "z=0.5,-1.25&beta=0.1"
    in_app = [text for text in texts(app) if f"?run=tiny-ladder&{state}&embed=true" in text]
    assert len(in_app) == 6 and sum('title="Digits' in text for text in in_app) == 4
    assert not any("tool=" in text for text in in_app)
    [image] = app.get("image")
    svg = base64.b64decode(image.proto.imgs[0].url.partition(",")[2]).decode()
    assert f"?run=tiny-ladder&{state}</title>" in unescape(svg)
    [source] = [group for group in app.button_group if group.key.startswith("embed")]
    source.set_value("the web page").run()
    assert sum(f"tiny-ladder.html#{state}" in text for text in texts(app)) == 6
