"""The link to the explore page: the run, z, a ladder's KL weight, the open tool and its settings."""

from dataclasses import dataclass
from urllib.parse import urlencode

from explorer import query
from explorer.live.fields import BETA, CLASS, MAX_COORDINATE, NOISE, Z, pad_fields
from explorer.names import sanitize
from explorer.query import Field, Rows, Scalar, Vector
from explorer.ui.components.address import Address
from explorer.ui.components.prose import st
from explorer.ui.components.settings import TOOL, apply_settings
from explorer.ui.explore.session import ExploreSession, PathEnd
from explorer.ui.explore.tools import TOOLS
from explorer.views.run_view import RunView

RUN, PATH_ENDS, ROWS = "run", ("from", "to"), "rows"
IMAGE_PREFIX = "image "  # before the number of a test image, whose code is meant
MAX_ROWS = 200  # of a selection, in a link
ADDRESS = Address("explore")


@dataclass(frozen=True)
class CodeOrImage(Vector):
    """A code, or the number of one of the first n_images test images."""

    n_images: int = 0

    def parse(self, text: str) -> list[float] | int:
        number = text.removeprefix(IMAGE_PREFIX)
        if number != text and number.isdecimal() and int(number[:10]) < self.n_images:
            return int(number)
        try:
            return super().parse(text)
        except ValueError as error:
            raise ValueError(f"{error}, and it is not the number of a test image") from None

    def format(self, value: list[float] | int) -> str:
        return f"{IMAGE_PREFIX}{value}" if isinstance(value, int) else super().format(value)


def build_query(session: ExploreSession, tool_name: str | None) -> dict[str, str]:
    """Return the query of a link to the present state with this tool open."""
    tool = TOOLS.get(tool_name)
    values = {
        RUN: session.run.name,
        Z: session.position.zs[0],
        BETA: session.position.film_position,
        CLASS: session.label,
        TOOL.name: tool_name if tool else None,
    }
    if tool:
        values |= {setting.name: setting.get() for setting in tool.settings}
        if tool.has_ends:
            values |= {
                name: list(end.z) if end.row is None else end.row
                for name, end in zip(PATH_ENDS, session.path_ends)
            }
        if tool.has_noise:
            values[NOISE] = session.noise
        if tool.has_rows:
            values[ROWS] = session.selected_rows
    return query.write([Scalar(RUN, ""), *_fields(session), TOOL, *(tool.settings if tool else ())], values)


def build_link(session: ExploreSession, tool_name: str | None) -> str:
    return f"{st.context.url}?{urlencode(build_query(session, tool_name), safe=',')}"


def follow_link(session: ExploreSession) -> None:
    """Go where a new address says. An address without parameters changes nothing."""
    parameters = ADDRESS.read_new_query()
    if parameters and (problems := _apply_query(parameters, session)):
        st.warning(query.problem_sentence(problems))


def write_address(session: ExploreSession) -> None:
    ADDRESS.write(build_query(session, TOOL.get()))


def _fields(session: ExploreSession) -> list[Field]:
    """Return the fields of z, the KL weight, the class, the ends of the path, the noise and the selected
    images.
    """
    view, n, rungs = RunView(session.run), session.run.spec.latent_dim, session.run.spec.rungs
    return [
        *pad_fields({Z: n}, rungs, view.n_classes),
        *(CodeOrImage(name, n, MAX_COORDINATE, n_images=len(view.embedding.mu)) for name in PATH_ENDS),
        Vector(NOISE, n, MAX_COORDINATE),
        Rows(ROWS, view.images_kept, MAX_ROWS),
    ]


def _apply_query(parameters: dict[str, str], session: ExploreSession) -> list[str]:
    """Change the session as the query says; return the problems with the rest of it."""
    fields, position = _fields(session), session.position
    values, problems = query.read(fields, parameters)
    z_field = fields[0]
    # A link holds six digits of z: one to the present z does not move it.
    if Z in values and values[Z] != z_field.parse(z_field.format(position.zs[0])):
        session.move(values[Z])
    mu = RunView(session.run).embedding.mu
    for i, name in enumerate(PATH_ENDS):
        if isinstance(end := values.get(name), int):
            session.path_ends[i] = PathEnd(tuple(mu[end].tolist()), end)
        elif end:
            session.path_ends[i] = PathEnd(tuple(end))
    session.noise = values.get(NOISE)
    if ROWS in parameters:
        session.selected_rows, session.selection_plot = values.get(ROWS, []), ("", ())
    if BETA in values:
        if position.film_position != values[BETA]:
            position.row = None  # the code of the same image is elsewhere
        position.film_position = values[BETA]
    if values.get(CLASS, session.label) != session.label:
        position.row, position.label = None, values[CLASS]  # z is not the code of an image of this class
    return problems + _apply_tool(parameters)


def _apply_tool(parameters: dict[str, str]) -> list[str]:
    """Open the tool of the query with its settings, those that are absent at their defaults."""
    name = parameters.get(TOOL.name, TOOL.default)
    problems = [] if name in (*TOOLS, TOOL.default) else [f"there is no tool {sanitize(name)!r}"]
    name = TOOL.default if problems else name
    TOOL.set(name)
    return problems + apply_settings(TOOLS[name].settings if name else (), parameters)
