"""A private run becomes everyone's."""

import os

from explorer.errors import UserError
from explorer.privacy import owner, without_key
from explorer.store.catalogue import is_taken, place_for
from explorer.store.run import is_training, read


def publish(name: str) -> None:
    """It loses the key in its name. Raises UserError if its images are private, its plain name is taken, or it is no run at rest."""
    run, plain = read(place_for(name)), without_key(name)
    if owner(run.spec.dataset):
        raise UserError("This run has learnt private images, which it holds. Save the images for everyone first, and train on those.")
    if is_taken(plain):
        raise UserError(f"There is a run {plain} for everyone already. Use that one.")
    if is_training(run.folder):
        raise UserError(f"{plain} is being trained. Stop that first.")
    try:
        os.rename(run.folder, place_for(plain))
    except OSError as error:
        raise UserError(f"{plain} could not be shown to everyone: {error.strerror}. Allow writing in {run.folder.parent}.") from error
