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


@pytest.mark.parametrize(
    ("given", "name"),
    [({}, "Cycle Tracker"), ({"MAIL_SENDER_NAME": " Plans "}, "Plans"), ({"MAIL_SENDER_NAME": ""}, "")],
)
def test_the_sender_has_the_name_that_is_set(given: dict[str, str], name: str) -> None:
    assert settings({**KEY, **given})["MAIL_SENDER_NAME"] == name


@pytest.mark.parametrize("given", ["Plans\r\nBcc: x@example.test", "Plans\u202e", "x" * 61])
def test_a_name_that_a_header_cannot_show_is_refused(given: str) -> None:
    with pytest.raises(SettingError, match="MAIL_SENDER_NAME must be one line of at most 60 characters"):
        settings({**KEY, "MAIL_SENDER_NAME": given})
