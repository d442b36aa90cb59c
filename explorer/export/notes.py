"""What stands below the figure of a page without a server: what it is, how it was made, and its licences."""

import shlex

from explorer import recipe
from explorer.runs.citation import app_version, image_credit
from explorer.specs import RunSpec
from explorer.store.ownership import public_name
from explorer.store.run import Run
from explorer.views import pairs, words
from explorer.views.run_view import RunView

ALONE = " Your browser computes it: nothing is loaded, and nothing is sent."
GREY_AREAS = "Grey areas of a map contain no codes: they are gaps."
GAPS = (
    f"{GREY_AREAS} The figure gap is the share of samples of the Gaussian fitted to the codes that lie in"
    " them, with its 95% interval."
)
LICENCE = "Latent Space Explorer has the MIT licence."
NO_IMAGES = " The test images may be private, and are not in this page."


def run_notes(run: Run, has_images: bool) -> tuple[str, ...]:
    """Return the notes of the pad of a run."""
    n, images = RunView(run).n_mapped, words.run_dataset_label(run)
    what = (
        f"A map of the {run.spec.latent_dim}-D latent space of {words.model_with_article(run)}, with the"
        f" codes of {n:,} test images of {images}.{_decoding([run])}"
    )
    command = f"export {shlex.quote(public_name(run.name))} --to html"
    return (what + NO_IMAGES * (not has_images), *_gaps([run]), _figures(run), *_origin(command, [run]))


def pair_notes(left: Run, right: Run, has_images: bool) -> tuple[str, ...]:
    """Return the notes of the pad of two runs."""
    names = " and the ".join(pairs.side_names(left, right))
    what = f"The {names} decode z at the same position on their maps.{_decoding([left, right])}"
    figures = [f"{words.run_title(run)}: {_figures(run)}" for run in (left, right)]
    runs = shlex.join(public_name(run.name) for run in (left, right))
    return (
        what + NO_IMAGES * (not has_images),
        *_gaps([left, right]),
        *figures,
        *_origin(f"export {runs} --to html", [left, right]),
    )


def lesson_notes(name: str, runs: list[Run]) -> tuple[str, ...]:
    """Return the notes of a lesson, with the runs that it shows."""
    what = f"A lesson of Latent Space Explorer.{ALONE}"
    return (what, *_origin(f"export --lesson {name}", runs))


def _decoding(runs: list[Run]) -> str:
    """Return how the page decodes these runs."""
    on_grid = [run for run in runs if RunView(run).decoder_block is None]
    if not on_grid:
        return ALONE
    names = " and ".join(public_name(run.name) for run in on_grid)
    between = " and KL weights" * any(run.spec.rungs for run in on_grid)
    return (
        f" No browser can compute the decoder of {names}: its images were decoded on a grid over the map, and"
        f" between its places{between} they are interpolated. Nothing is loaded, and nothing is sent."
    )


def _figures(run: Run) -> str:
    return words.metrics_sentence(run) + words.ladder_sentence(run)


def _gaps(runs: list[Run]) -> tuple[str, ...]:
    """Return what gaps are, if the map of a run shows them."""
    are_drawn = any(run.spec.latent_dim <= 2 and not run.spec.n_codes for run in runs)
    return (GAPS,) if are_drawn else ()


def _origin(command: str, runs: list[Run]) -> tuple[str, ...]:
    """Return how a page was made, and the licences of what is in it."""
    made = f"Made with Latent Space Explorer {app_version()}: python -m explorer {command}"
    trained = [f"{public_name(run.name)}: {_how_trained(run)}" for run in runs]
    credits = dict.fromkeys(image_credit(run.spec) for run in runs)
    return (made, *trained, " ".join([LICENCE, *filter(None, credits)]))


def _how_trained(run: Run) -> str:
    if run.spec.network_kind.is_trainable:
        return f"python -m explorer train {recipe.flags(_public_spec(run))}"
    return "the network was imported."


def _public_spec(run: Run) -> RunSpec:
    """Return the settings of a run without the key of its owner, or the folder of its images."""
    if not run.spec.dataset_kind.argument:
        return run.spec
    dataset = f"{run.spec.dataset_kind.name}:{words.run_dataset_label(run)}"
    return RunSpec.from_dict(run.spec.to_dict() | {"dataset": dataset})
