"""The link to the training page: every setting of a run, by its name on the command line."""

from explorer import query
from explorer.errors import UserError
from explorer.fields import value_type
from explorer.names import sanitize
from explorer.query import Scalar
from explorer.specs import RunSpec
from explorer.ui.train.spec_form import FIELDS, label

MAX_TEXT_LENGTH = 4096  # letters of a path, or of a ladder's KL weights
SETTINGS = [  # RunSpec checks their limits
    Scalar(name, f.default, kind=value_type(f), label=label(f), max_length=MAX_TEXT_LENGTH)
    for name, f in FIELDS.items()
]


def train_query(spec: RunSpec) -> dict[str, str]:
    """Return the query of a link to the training page with these settings in its form."""
    return {name: str(value) for name, value in spec.to_dict().items() if value is not None}


def read_query(parameters: dict[str, str]) -> tuple[dict, str]:
    """Return the settings of a query, the defaults if they are invalid, and a sentence about its problems."""
    values, problems = query.read(SETTINGS, parameters)
    unknown = [name for name in parameters if name not in FIELDS]
    problems += [f"there is no setting named {sanitize(name)!r}" for name in unknown]
    try:
        spec = RunSpec(**values)
        if not spec.network_kind.is_trainable:
            raise UserError("an imported network can't be trained")
        settings = spec.settings
    except UserError as error:
        settings, problems = {}, [*problems, str(error).rstrip(".")]
    return settings, query.problem_sentence(problems)
