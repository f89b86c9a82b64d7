"""The command line: what went wrong is one line that says what to do."""

import pytest

from rollcall import cli
from rollcall.errors import RollcallError
from rollcall.periods import Period


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["demo", "--from", "2023-13"], ["sql"]])
def test_what_it_does_not_understand_is_refused_with_its_usage(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "usage: rollcall" in capsys.readouterr().err


def test_every_command_is_explained_and_there():
    described = cli.parser().format_help()
    assert all(f"  {name}" in described for name in cli.COMMANDS)


@pytest.mark.parametrize("command", ["demo", "up"])
def test_months_are_read_before_anything_starts(command):
    given = cli.parser().parse_args([command, "--from", "2023-06", "--to", "2023-08"])
    assert (given.first, given.last) == (Period(2023, 6), Period(2023, 8))
    usual = cli.parser().parse_args([command])
    assert (usual.first, usual.last) == (Period(2023, 5), Period(2023, 7))


@pytest.mark.parametrize("command", ["demo", "up"])
def test_months_the_wrong_way_round_start_nothing(command, capsys):
    assert cli.main([command, "--from", "2023-07", "--to", "2023-05"]) == 1
    assert "--from 2023-07 is after --to 2023-05" in capsys.readouterr().err


def test_our_own_error_is_one_line_and_a_status(monkeypatch, capsys):
    def fail(_):
        raise RollcallError("the registry is broken: mend it")

    monkeypatch.setitem(cli.COMMANDS, "status", fail)
    assert cli.main(["status"]) == 1
    assert capsys.readouterr().err == "rollcall: the registry is broken: mend it\n"


def test_a_warehouse_that_does_not_answer_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setenv("ROLLCALL_READER_URL", "postgresql://rollcall_reader:secret@127.0.0.1:1/rollcall")
    assert cli.main(["sql", "select 1"]) == 1
    error = capsys.readouterr().err
    assert "make up" in error
    assert "secret" not in error
