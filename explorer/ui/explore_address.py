"""What a link to the explore page holds: the run, z, a ladder's KL weight, the tool in view and what is chosen there."""

import streamlit as st

from explorer.ui.place import checked
from explorer.ui.settings import TOOL
from explorer.ui.tools import TOOLS
from explorer.ui.visit import End, Visit

RUN, Z, BETA, ENDS = "run", "z", "beta", ("from", "to")
ADDRESS = "address of the explore page"


def written(here: Visit) -> dict[str, str]:
    """The address's parameters: what is usual is left out."""
    address = {RUN: here.run.name, Z: _text(here.place.zs[0])}
    if here.run.spec.rungs:
        address[BETA] = _text([here.place.film])
    if tool := TOOLS.get(TOOL.get()):
        address[TOOL.name] = TOOL.get()
        address |= {s.name: str(s.get()) for s in tool.settings if s.get() != s.usual}
        if tool.has_ends:
            address |= {name: _text(end.z) for name, end in zip(ENDS, here.ends)}
    return address


def follow_link(here: Visit) -> None:
    """Goes where a new address says; one without anything says nothing. Not for fragments to ask, whose address may be late."""
    asked = st.query_params.to_dict()
    if asked == st.session_state.get(ADDRESS):
        return
    st.session_state[ADDRESS] = asked
    if asked and (wrong := _take(asked, here)):
        st.warning(f"The link can't be followed everywhere: {'; '.join(wrong)}.")


def write(here: Visit) -> None:
    st.session_state[ADDRESS] = written(here)
    st.query_params.from_dict(st.session_state[ADDRESS])


def _take(asked: dict[str, str], here: Visit) -> list[str]:
    """Moves the visit there; what is wrong, and left out."""
    wrong, n = [], here.run.spec.latent_dim
    numbers = f"is not {n} finite number{'s' * (n > 1)} below a million"
    if Z in asked:
        if z := _numbers(asked[Z], n):
            if z != _numbers(_text(here.place.zs[0]), n):  # an address is shorter than z itself
                here.go(z)
        else:
            wrong.append(f"its z {numbers}")
    for i, name in enumerate(ENDS):
        if name in asked and (z := _numbers(asked[name], n)):
            if z != _numbers(_text(here.ends[i].z), n):
                here.ends[i] = End(tuple(z))
        elif name in asked:
            wrong.append(f"its {name} {numbers}")
    if (rungs := here.run.spec.rungs) and BETA in asked:
        beta = _numbers(asked[BETA], 1)
        if beta and rungs[0] <= beta[0] <= rungs[-1]:
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


def _text(z) -> str:
    return ",".join(f"{v:.6g}" for v in z)


def _numbers(text: str, n: int) -> list[float] | None:
    try:
        return checked([float(part) for part in text.split(",")], n)
    except ValueError:
        return None
