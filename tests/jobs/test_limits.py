"""What visitors may do on a server that is open to many."""

import pytest

from explorer.errors import UserError
from explorer.jobs import limits


@pytest.fixture(autouse=True)
def folders(tmp_path, monkeypatch):
    for name in ("READONLY", "MAX_JOBS", "JOBS_EACH", "MAX_QUEUE", "MAX_WORK", "MAX_DISK"):
        monkeypatch.delenv(f"EXPLORER_{name}", raising=False)
    monkeypatch.setenv("EXPLORER_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    return tmp_path


def test_the_usual_ones():
    assert not limits.is_read_only() and limits.max_running_jobs() == 1 and limits.max_jobs_per_visitor() == 3
    assert limits.max_work() == 30_000_000 and limits.max_disk_gb() == 20
    limits.check_writable()
    limits.check_disk()


@pytest.mark.parametrize(
    "name, limit",
    [
        ("READONLY", limits.is_read_only),
        ("MAX_JOBS", limits.max_running_jobs),
        ("JOBS_EACH", limits.max_jobs_per_visitor),
        ("MAX_QUEUE", limits.max_queue),
        ("MAX_WORK", limits.max_work),
        ("MAX_DISK", limits.max_disk_gb),
    ],
)
@pytest.mark.parametrize("value", ["none", "-1", "nan", "inf", "1e99", "1;2", "9" * 5000])
def test_nonsense_is_refused_in_a_sentence(monkeypatch, name, limit, value):
    monkeypatch.setenv(f"EXPLORER_{name}", value)
    with pytest.raises(
        UserError, match=f"^The environment variable EXPLORER_{name} must be a number from [^.]*, not '.*'.$"
    ):
        limit()


def test_what_is_set_counts_at_once(monkeypatch):
    for name, value in (
        ("READONLY", "1"),
        ("MAX_JOBS", "4"),
        ("JOBS_EACH", "2"),
        ("MAX_WORK", "1000"),
        ("MAX_DISK", "0.5"),
    ):
        monkeypatch.setenv(f"EXPLORER_{name}", value)
    assert limits.is_read_only()
    assert (
        limits.max_running_jobs(),
        limits.max_jobs_per_visitor(),
        limits.max_work(),
        limits.max_disk_gb(),
    ) == (4, 2, 1000, 0.5)
    with pytest.raises(UserError, match="read-only"):
        limits.check_writable()


def test_runs_deleted_ones_and_images_fill_the_disk_together(folders, monkeypatch):
    monkeypatch.setenv("EXPLORER_MAX_DISK", "0.003")
    for place in (
        "runs/a/model.safetensors",
        "runs/.trash/b/model.safetensors",
        "data/own/faces.safetensors",
    ):
        file = folders / place
        file.parent.mkdir(parents=True)
        limits.check_disk()
        file.write_bytes(bytes(1_000_000))
    (folders / "data" / "mnist.gz").write_bytes(bytes(1_000_000))  # files of the operator do not count
    (folders / "runs" / "gone").symlink_to("nowhere")
    with pytest.raises(UserError, match="occupy 0.003 GB of this server, and the limit is 0.003 GB"):
        limits.check_disk()
    (folders / "runs/.trash/b/model.safetensors").unlink()
    limits.check_disk()


def test_a_visitor_has_so_many_trainings_at_a_time():
    limits.check_jobs(2, 1, 2)
    limits.check_jobs(0, 3, 57)
    with pytest.raises(
        UserError, match="at most 3 trainings at a time, and 2 of yours are waiting or running"
    ):
        limits.check_jobs(2, 2, 2)
    with pytest.raises(
        UserError, match="At most 60 trainings may wait or run on this server, and there are 58 now. Wait"
    ):
        limits.check_jobs(0, 3, 58)


def test_a_training_sees_so_many_images(monkeypatch):
    limits.check_work(500, 60_000)
    with pytest.raises(
        UserError,
        match="501 epochs of 60,000 images .* 30,000,000 images in total. Choose 500 epochs or fewer",
    ):
        limits.check_work(501, 60_000)
    monkeypatch.setenv("EXPLORER_MAX_WORK", "1000")
    with pytest.raises(UserError, match="Choose fewer images"):
        limits.check_work(1, 60_000)
