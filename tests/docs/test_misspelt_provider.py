"""A provider that there is not gets no answer, since the answer would be for another one."""

from pathlib import Path

import pytest

from meshgen.cli.run import main


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["suggest", "id"], id="an ID for it could be one that its network breaks"),
        pytest.param(["init", "other.yaml"], id="a mesh of it could not be built"),
    ],
)
def test_a_misspelt_provider_is_refused_with_those_that_there_are(
    command: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--quiet"]) == 0
    capsys.readouterr()

    assert main([*command, "--provider", "asw"]) == 2
    told = capsys.readouterr()

    assert told.out == ""
    assert "'asw' is not one of" in told.err
    assert "'aws'" in told.err
    assert [path.name for path in tmp_path.iterdir()] == ["mesh.yaml"]
