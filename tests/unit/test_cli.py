"""The command line: what went wrong is one line that says what to do."""

import pytest

from rollcall import cli
from rollcall.errors import RollcallError
from rollcall.periods import Period


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["demo", "--period", "2023-13"], ["sql"]])
def test_what_it_does_not_understand_is_refused_with_its_usage(arguments, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "usage: rollcall" in capsys.readouterr().err


def test_every_command_is_explained_and_there():
    described = cli.parser().format_help()
    assert all(f"  {name}" in described for name in cli.COMMANDS)


def test_a_period_is_read_before_anything_starts():
    assert cli.parser().parse_args(["demo", "--period", "2023-06"]).period == Period(2023, 6)
    assert cli.parser().parse_args(["demo"]).period == Period(2023, 7)


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
