from explorer.store.starts import StartFigures, read_starts, write_starts


def test_figures_of_starts_survive_their_file(tmp_path):
    row = StartFigures("mnist", 16, "mlp", 128, "cold", 0.3, 2, 50, 92.125, 16.0, 10, 0.0625, 0.07, 5000)
    other = StartFigures("moons", 16, "mlp", 128, "ladder", 1.0, 0, 50, 9.5, 6.0, 16, 0.125, 0.25, 1000)
    write_starts([row, other], tmp_path / "starts.csv")
    assert read_starts("mnist", 16, tmp_path / "starts.csv") == [row]
    assert read_starts("moons", 16, tmp_path / "starts.csv") == [other]
    assert read_starts("moons", 2, tmp_path / "starts.csv") == []
    assert read_starts("mnist", 16, tmp_path / "none.csv") == []
    assert row.loss == 92.125 + 0.3 * 16
