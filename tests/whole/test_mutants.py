"""`make mutants`: its areas name what is there, and it counts what it was told of each mutant."""

import tomllib

import pytest

import config
from scripts.mutants import AREAS, Area, counted, settings_of


@pytest.mark.parametrize("area", AREAS.values(), ids=AREAS)
def test_an_area_names_modules_and_tests_that_are_there(area: Area) -> None:
    assert [pattern for pattern in area.rules if not list(config.ROOT.glob(pattern))] == []
    assert [path for path in area.tests if not (config.ROOT / path.partition("::")[0]).exists()] == []


def test_the_settings_of_an_area_are_read_as_they_were_meant() -> None:
    area = Area(("cycle_tracker/core/deadlines.py",), ("tests/core",))
    settings = tomllib.loads(settings_of(area))["tool"]["mutmut"]
    assert settings["only_mutate"] == ["cycle_tracker/core/deadlines.py"]
    assert settings["pytest_add_cli_args_test_selection"] == ["tests/core"]
    assert "cycle_tracker" not in settings["also_copy"]


def test_what_ran_for_too_long_is_killed_and_what_no_test_reaches_was_not_run() -> None:
    said = ["killed", "timeout", "survived", "suspicious", "no tests", "not checked"]
    assert counted(said) == {"killed": 2, "survived": 2, "not run": 2}
