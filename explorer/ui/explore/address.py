"""What a link to the explore page contains: the run, z, a ladder's KL weight, the open tool and its
settings.
"""

import streamlit as st

from explorer.ui.components.address import Address
from explorer.ui.components.pad_position import checked
from explorer.ui.components.settings import TOOL
from explorer.ui.explore.session import End, ExploreSession
from explorer.ui.explore.tools import TOOLS
from explorer.ui.run_view import RunView

RUN, Z, BETA, ENDS, ROWS = "run", "z", "beta", ("from", "to"), "rows"
IMAGE = "image "  # before the number of a test image, whose code is meant
MOST_ROWS = 200  # of a selection, in an address
ADDRESS = Address("explore")


def written(here: ExploreSession, shown: str | None = None) -> dict[str, str]:
    """The address's parameters, with a tool in view, or the present one: what is usual is left out."""
    shown = TOOL.get() if shown is None else shown
    address = {RUN: here.run.name, Z: _text(here.place.zs[0])}
    if here.run.spec.rungs:
        address[BETA] = _text([here.place.film])
    if tool := TOOLS.get(shown):
        address[TOOL.name] = shown
        address |= {s.name: str(s.get()) for s in tool.settings if s.get() != s.usual}
        if tool.has_ends:
            address |= {
                name: _text(end.z) if end.row is None else f"{IMAGE}{end.row}"
                for name, end in zip(ENDS, here.ends)
            }
        if tool.has_rows and here.rows:
            address[ROWS] = ",".join(map(str, here.rows[:MOST_ROWS]))
    return address


def follow_link(here: ExploreSession) -> None:
    """Goes where a new address says. An address without parameters changes nothing."""
    if (asked := ADDRESS.asked()) and (wrong := _take(asked, here)):
        st.warning(f"Part of this link is invalid: {'; '.join(wrong)}.")


def write(here: ExploreSession) -> None:
    ADDRESS.write(written(here))


def _take(asked: dict[str, str], here: ExploreSession) -> list[str]:
    """Moves the visit there; what is wrong, and left out."""
    wrong, n = [], here.run.spec.latent_dim
    numbers = f"is not {n} finite number{'s' * (n > 1)} below a million"
    if Z in asked:
        if z := _numbers(asked[Z], n):
            if z != _numbers(_text(here.place.zs[0]), n):  # an address is shorter than z itself
                here.go(z)
        else:
            wrong.append(f"its z {numbers}")
    mu = RunView(here.run).embedding.mu
    for i, name in enumerate(ENDS):
        text = asked.get(name, "")
        if text.startswith(IMAGE) and (rows := _rows(text.removeprefix(IMAGE), len(mu))):
            here.ends[i] = End(tuple(mu[rows[0]].tolist()), rows[0])
        elif z := _numbers(text, n):
            here.ends[i] = End(tuple(z))
        elif text:
            wrong.append(f"its {name} {numbers}, and it is not the number of a test image")
    if ROWS in asked:
        here.rows, here.plot = _rows(asked[ROWS], RunView(here.run).images_kept), ("", ())
        wrong += [] if here.rows else ["its rows are not numbers of test images"]
    if (rungs := here.run.spec.rungs) and BETA in asked:
        beta = _numbers(asked[BETA], 1)
        if beta and rungs[0] <= beta[0] <= rungs[-1]:
            # whose code it was elsewhere
            here.place.row = here.place.row if here.place.film == beta[0] else None
            here.place.film = beta[0]
        else:
            wrong.append(f"its KL weight is not a number from {rungs[0]:g} to {rungs[-1]:g}")
    tool = asked.get(TOOL.name, TOOL.usual)
    if tool and tool not in TOOLS:
        wrong.append(f"there is no tool {tool!r}")
        tool = TOOL.usual
    TOOL.set(tool)
    for setting in TOOLS[tool].settings if tool else ():
        try:
            setting.set(setting.read(asked[setting.name]) if setting.name in asked else setting.usual)
        except ValueError:
            wrong.append(f"its {setting.name} can't be {asked[setting.name]!r}")
    return wrong


def _rows(text: str, n: int) -> list[int]:
    """Numbers of test images, with commas; none if they can't be."""
    try:
        rows = sorted({int(part) for part in text.split(",")})
        return rows if rows[0] >= 0 and rows[-1] < n else []
    except ValueError:
        return []


def _text(z) -> str:
    return ",".join(f"{v:.6g}" for v in z)


def _numbers(text: str, n: int) -> list[float] | None:
    try:
        return checked([float(part) for part in text.split(",")], n)
    except ValueError:
        return None
