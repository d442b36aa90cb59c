"""What a link to the explore page contains: the run, z, a ladder's KL weight, the open tool and its
settings.
"""

import streamlit as st

from explorer.ui.components.address import Address
from explorer.ui.components.pad_position import parse_code
from explorer.ui.components.settings import TOOL
from explorer.ui.explore.session import ExploreSession, PathEnd
from explorer.ui.explore.tools import TOOLS
from explorer.ui.run_view import RunView

RUN, Z, BETA, END_PARAMETERS, ROWS = "run", "z", "beta", ("from", "to"), "rows"
IMAGE_PREFIX = "image "  # before the number of a test image, whose code is meant
MAX_ROWS = 200  # of a selection, in an address
ADDRESS = Address("explore")


def build_query(session: ExploreSession, tool_name: str | None = None) -> dict[str, str]:
    """The address's parameters, with a tool in view, or the present one: what is usual is left out."""
    tool_name = TOOL.get() if tool_name is None else tool_name
    address = {RUN: session.run.name, Z: _format_numbers(session.place.zs[0])}
    if session.run.spec.rungs:
        address[BETA] = _format_numbers([session.place.film_position])
    if tool := TOOLS.get(tool_name):
        address[TOOL.name] = tool_name
        address |= {s.name: str(s.get()) for s in tool.settings if s.get() != s.usual}
        if tool.has_ends:
            address |= {
                name: _format_numbers(end.z) if end.row is None else f"{IMAGE_PREFIX}{end.row}"
                for name, end in zip(END_PARAMETERS, session.ends)
            }
        if tool.has_rows and session.rows:
            address[ROWS] = ",".join(map(str, session.rows[:MAX_ROWS]))
    return address


def follow_link(session: ExploreSession) -> None:
    """Goes where a new address says. An address without parameters changes nothing."""
    if (asked := ADDRESS.read_new_query()) and (wrong := _apply_query(asked, session)):
        st.warning(f"Part of this link is invalid: {'; '.join(wrong)}.")


def write_address(session: ExploreSession) -> None:
    ADDRESS.write(build_query(session))


def _apply_query(query: dict[str, str], session: ExploreSession) -> list[str]:
    """Moves the visit there; what is wrong, and left out."""
    wrong, n = [], session.run.spec.latent_dim
    numbers = f"is not {n} finite number{'s' * (n > 1)} below a million"
    if Z in query:
        if z := _parse_numbers(query[Z], n):
            if z != _parse_numbers(
                _format_numbers(session.place.zs[0]), n
            ):  # an address is shorter than z itself
                session.go(z)
        else:
            wrong.append(f"its z {numbers}")
    mu = RunView(session.run).embedding.mu
    for i, name in enumerate(END_PARAMETERS):
        text = query.get(name, "")
        if text.startswith(IMAGE_PREFIX) and (rows := _parse_rows(text.removeprefix(IMAGE_PREFIX), len(mu))):
            session.ends[i] = PathEnd(tuple(mu[rows[0]].tolist()), rows[0])
        elif z := _parse_numbers(text, n):
            session.ends[i] = PathEnd(tuple(z))
        elif text:
            wrong.append(f"its {name} {numbers}, and it is not the number of a test image")
    if ROWS in query:
        session.rows, session.selection_plot = (
            _parse_rows(query[ROWS], RunView(session.run).images_kept),
            ("", ()),
        )
        wrong += [] if session.rows else ["its rows are not numbers of test images"]
    if (rungs := session.run.spec.rungs) and BETA in query:
        beta = _parse_numbers(query[BETA], 1)
        if beta and rungs[0] <= beta[0] <= rungs[-1]:
            # whose code it was elsewhere
            session.place.row = session.place.row if session.place.film_position == beta[0] else None
            session.place.film_position = beta[0]
        else:
            wrong.append(f"its KL weight is not a number from {rungs[0]:g} to {rungs[-1]:g}")
    tool = query.get(TOOL.name, TOOL.usual)
    if tool and tool not in TOOLS:
        wrong.append(f"there is no tool {tool!r}")
        tool = TOOL.usual
    TOOL.set(tool)
    for setting in TOOLS[tool].settings if tool else ():
        try:
            setting.set(setting.read(query[setting.name]) if setting.name in query else setting.usual)
        except ValueError:
            wrong.append(f"its {setting.name} can't be {query[setting.name]!r}")
    return wrong


def _parse_rows(text: str, n: int) -> list[int]:
    """Numbers of test images, with commas; none if they can't be."""
    try:
        rows = sorted({int(part) for part in text.split(",")})
        return rows if rows[0] >= 0 and rows[-1] < n else []
    except ValueError:
        return []


def _format_numbers(z) -> str:
    return ",".join(f"{v:.6g}" for v in z)


def _parse_numbers(text: str, n: int) -> list[float] | None:
    try:
        return parse_code([float(part) for part in text.split(",")], n)
    except ValueError:
        return None
