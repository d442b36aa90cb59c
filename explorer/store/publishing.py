"""Make a private run public."""

import os

from explorer.errors import UserError
from explorer.store.catalogue import folder_for_run, is_run_name_taken
from explorer.store.ownership import owner_key, public_name
from explorer.store.run import is_training, read_run


def publish_run(name: str) -> None:
    """Remove the key from a run's name. Raises UserError if its images are private, its plain name is taken,
    or it is being trained.
    """
    run, plain = read_run(folder_for_run(name)), public_name(name)
    if owner_key(run.spec.dataset):
        raise UserError(
            "This run was trained on private images and contains some of them. "
            "Save the images for everyone first, and train on those."
        )
    if is_run_name_taken(plain):
        raise UserError(f"A public run named {plain} exists already. Use that one.")
    if is_training(run.folder):
        raise UserError(f"The run {plain} is being trained. Stop the training first.")
    try:
        os.rename(run.folder, folder_for_run(plain))
    except OSError as error:
        raise UserError(
            f"{plain} could not be made public: {error.strerror}. Allow writing in {run.folder.parent}."
        ) from error
