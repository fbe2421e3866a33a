"""Settings that cannot be used are refused at the start, in words that say which and why."""

import pytest

from config import SettingError, settings

KEY = {"SECRET_KEY": "only-for-tests-" + "x" * 32}


@pytest.mark.parametrize(("given", "connections"), [("", 1), ("1", 1), ("8", 8), ("50", 50)])
def test_mails_go_over_as_many_connections_as_are_set(given: str, connections: int) -> None:
    assert settings({**KEY, "MAIL_CONNECTIONS": given})["MAIL_CONNECTIONS"] == connections


@pytest.mark.parametrize("given", ["0", "-1", "51", "many", "1.5"])
def test_a_number_of_connections_that_makes_no_sense_is_refused(given: str) -> None:
    with pytest.raises(SettingError, match=f"MAIL_CONNECTIONS must be a whole number.*“{given}”"):
        settings({**KEY, "MAIL_CONNECTIONS": given})
