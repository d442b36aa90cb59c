from explorer.runs.train import train_run
from explorer.specs import RunSpec
from explorer.store.catalogue import SHIPPED_FOLDER
from explorer.store.run import read_run
from explorer.store.separations import (
    TrainingSeparation,
    describe_separations,
    list_separations,
    read_separations,
    write_separations,
)

ROWS = [
    TrainingSeparation("moons-vae-2d", seed, 1000, mig, 0.3 + mig)
    for seed, mig in enumerate((0.19, 0.1, 0.2))
]


def test_separations_survive_their_file(tmp_path):
    write_separations(ROWS, tmp_path / "factors.csv")
    assert read_separations(tmp_path / "factors.csv") == ROWS
    assert read_separations(tmp_path / "none.csv") == []


def test_the_range_over_seeds_takes_two_trainings():
    assert describe_separations(ROWS) == (
        "In 3 trainings with these settings and different seeds, this one among them, MIG is 0.10 to 0.20,"
        " and SAP 0.40 to 0.50."
    )
    assert describe_separations(ROWS[:1]) == describe_separations([]) == ""


def test_a_run_of_the_user_with_the_name_of_an_included_run_has_none(runs_folder):
    included = list_separations(read_run(SHIPPED_FOLDER / "moons-vae-2d"))
    assert [row.seed for row in included] == [0, 1, 2]
    own = train_run(RunSpec("moons", epochs=1, width=8), "moons-vae-2d")
    assert own.folder.parent == runs_folder and list_separations(own) == []
