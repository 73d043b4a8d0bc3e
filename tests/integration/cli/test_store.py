import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.cli.running import Shell


def test_a_new_store_is_open_to_its_user_only_and_the_doctor_finds_it_sound(shell: Shell) -> None:
    made = shell.json("init")
    assert made.code == 0
    assert made.document["was_new"] is True
    assert stat.S_IMODE(shell.store.stat().st_mode) == 0o700
    assert shell.json("init").document["was_new"] is False
    found = shell.json("doctor")
    assert (found.code, found.document["ok"]) == (0, True)
    (shell.store / "keys" / "journal.key").chmod(0o644)
    warned = shell.run("doctor")
    assert warned.code == 8
    assert "chmod go=" in warned.out


def test_the_first_operator_is_made_with_the_store(shell: Shell) -> None:
    words = ("init", "--operator", "quantri", "--name", "Quản trị", "--password-stdin")
    made = shell.run(*words, given="mot-mat-khau-dai-2026\n")
    assert made.code == 0
    assert "quantri" in made.out
    assert shell.run(*words, given="mot-mat-khau-dai-2026\n").code == 7


def test_a_password_is_never_awaited_where_nobody_can_type_it(shell: Shell) -> None:
    ran = shell.json("init", "--operator", "quantri")
    assert (ran.code, ran.problem) == (5, "input-missing")


def test_commands_on_a_store_that_is_not_there_say_how_to_make_one(shell: Shell) -> None:
    for words in (("releases", "x"), ("serve",)):
        ran = shell.run(*words)
        assert ran.code == 4
        assert "tinhdata init" in ran.err
    assert not shell.store.exists()


def test_a_database_that_is_away_is_said_and_not_logged_as_a_fault(shell: Shell) -> None:
    url = "postgresql+psycopg://nobody:secret@127.0.0.1:9/none?connect_timeout=2"
    away = replace(shell, settings={"TINHDATA_DATABASE_URL": url})
    ran = away.json("init")
    assert (ran.code, ran.problem) == (1, "database-away")
    assert "secret" not in ran.out + ran.err


def test_an_unknown_option_is_a_fault_of_usage(shell: Shell) -> None:
    assert shell.run("doctor", "--nothing").code == 2


@pytest.mark.parametrize("setting", ["TINHDATA_LANGUAGE", "TINHDATA_LOG_LEVEL", "TINHDATA_PORT"])
def test_a_setting_that_is_none_is_refused_by_name(tmp_path: Path, setting: str) -> None:
    ran = Shell(tmp_path / "store", {setting: "fr"}).run("doctor")
    assert ran.code == 2
    assert ran.err.startswith(f"{setting}: ")
