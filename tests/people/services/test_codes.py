"""Time-based codes and recovery codes: never twice, never readable in the database, and readable after a new key."""

import time as wall
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from passlib.totp import TOTP
from sqlalchemy import select

from cycle_tracker.access.queries.recovery_codes import count_unused_codes
from cycle_tracker.core import clock
from cycle_tracker.core.errors import RuleBroken
from cycle_tracker.core.extensions import db
from cycle_tracker.models.access import RecoveryCode
from cycle_tracker.models.message import Message, MessageKind
from cycle_tracker.models.user import User
from cycle_tracker.people.services import codes
from cycle_tracker.people.services.codes import (
    has_codes,
    new_secret,
    renew_recovery_codes,
    show_secret,
    take_code,
    turn_codes_off,
    turn_codes_on,
)
from tests.factories import make_user
from tests.support.days import again
from tests.support.page_fixtures import MORNING
from tests.support.parallel import at_once


@pytest.fixture
def morning() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ailsa(core_app: Flask) -> User:
    return make_user("Ailsa Grant")


class App:
    """The app on a person's phone."""

    def __init__(self, secret: str, user: User) -> None:
        self.key = show_secret(secret, user).key.replace(" ", "")

    def code(self, *, ago: int = 0) -> str:
        return str(TOTP(key=self.key, format="base32").generate(time=int(wall.time()) - ago).token)


def turned_on(user: User) -> tuple[App, list[str]]:
    secret = new_secret()
    app = App(secret, user)
    codes = turn_codes_on(user, secret, app.code(), now=clock.now())
    db.session.commit()
    return app, codes


def taken(user: User, code: str) -> bool:
    is_taken = take_code(again(user), code, now=clock.now())
    db.session.commit()
    return is_taken


def test_a_code_is_taken_once(ailsa: User, morning: time_machine.Traveller) -> None:
    app, _ = turned_on(ailsa)
    assert not taken(ailsa, app.code()), "the one that turned codes on"
    morning.shift(timedelta(seconds=30))
    code = app.code()
    assert taken(ailsa, f" {code[:3]} {code[3:]} ")
    assert not taken(ailsa, code)
    assert not taken(ailsa, app.code(ago=30)), "an earlier one"


def test_a_clock_may_be_half_a_minute_out(ailsa: User, morning: time_machine.Traveller) -> None:
    app, _ = turned_on(ailsa)
    morning.shift(timedelta(minutes=10))
    assert not taken(ailsa, app.code(ago=90))
    assert taken(ailsa, app.code(ago=30))
    morning.shift(timedelta(minutes=10))
    assert not taken(ailsa, app.code(ago=-90))
    assert taken(ailsa, app.code(ago=-30))


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "٣٣٣٣٣٣", "000 00", "-12345", "x" * 10_000])
def test_what_is_no_code_is_none(ailsa: User, morning: time_machine.Traveller, code: str) -> None:
    turned_on(ailsa)
    assert not taken(ailsa, code)


def test_at_the_same_moment_a_code_lets_one_in(ailsa: User, core_app: Flask, morning: time_machine.Traveller) -> None:
    app, recovery = turned_on(ailsa)
    morning.shift(timedelta(seconds=30))
    for code in (app.code(), recovery[0]):
        user_id = again(ailsa).id
        db.session.remove()

        def tried(code: str = code, user_id: int = user_id) -> bool:
            is_taken = take_code(db.session.get_one(User, user_id), code, now=clock.now())
            db.session.commit()
            return is_taken

        assert sorted(at_once(core_app, *[tried] * 4)) == [False, False, False, True]


def test_nothing_is_turned_on_by_a_wrong_code(ailsa: User, morning: time_machine.Traveller) -> None:
    with pytest.raises(RuleBroken) as rule:
        turn_codes_on(ailsa, new_secret(), "000000", now=clock.now())
    assert rule.value.field == "code"
    assert not has_codes(ailsa)
    assert not take_code(ailsa, "000000", now=clock.now())


def test_ten_recovery_codes_let_in_once_each(ailsa: User, morning: time_machine.Traveller) -> None:
    _, codes = turned_on(ailsa)
    assert len(set(codes)) == 10
    other = make_user("Rory Baird")
    turned_on(other)
    assert not taken(other, codes[0]), "another's"
    assert taken(ailsa, codes[0].upper().replace("-", " "))
    assert not taken(ailsa, codes[0])
    assert count_unused_codes(again(ailsa).id) == 9
    renewed = renew_recovery_codes(again(ailsa), now=clock.now())
    db.session.commit()
    assert not taken(ailsa, codes[1])
    assert taken(ailsa, renewed[0])


def test_the_database_holds_no_secret_that_can_be_read(ailsa: User, morning: time_machine.Traveller) -> None:
    app, codes = turned_on(ailsa)
    assert app.key not in (again(ailsa).totp_secret or "")
    kept = " ".join(db.session.scalars(select(RecoveryCode.code_hash)))
    for code in codes:
        assert code.replace("-", "") not in kept


def test_a_new_key_of_the_service_reads_what_the_old_one_wrote(
    ailsa: User, core_app: Flask, morning: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, codes = turned_on(ailsa)
    old = core_app.config["SECRET_KEY"]
    monkeypatch.setitem(core_app.config, "SECRET_KEY", "a-new-key-" + "y" * 32)
    monkeypatch.setitem(core_app.config, "SECRET_KEY_FALLBACKS", [old])
    morning.shift(timedelta(seconds=30))
    assert taken(ailsa, app.code())
    assert taken(ailsa, codes[0])
    monkeypatch.setitem(core_app.config, "SECRET_KEY_FALLBACKS", [])
    morning.shift(timedelta(seconds=30))
    assert taken(ailsa, app.code()), "it was written anew with today's key when it was used"


def test_turned_off_nothing_of_them_is_left_and_the_person_is_told_each_time(
    ailsa: User, morning: time_machine.Traveller
) -> None:
    turned_on(ailsa)
    renew_recovery_codes(again(ailsa), now=clock.now())
    turn_codes_off(again(ailsa), by=again(ailsa), now=clock.now())
    db.session.commit()
    person = again(ailsa)
    assert (person.totp_secret, person.totp_counter, count_unused_codes(person.id)) == (None, None, 0)
    mails = db.session.scalars(select(Message).order_by(Message.id)).all()
    assert {mail.kind for mail in mails} == {MessageKind.ACCOUNT_CHANGED}
    assert [mail.subject for mail in mails] == [
        "Cycle Tracker: sign-in codes were turned on",
        "Cycle Tracker: your recovery codes were replaced",
        "Cycle Tracker: sign-in codes were turned off",
    ]


def test_a_code_that_two_have_matched_at_the_same_moment_is_taken_by_one(
    ailsa: User, morning: time_machine.Traveller
) -> None:
    """Both have looked, and to both the code was new. Only taking it decides."""
    app, _ = turned_on(ailsa)
    morning.shift(timedelta(seconds=30))
    user = again(ailsa)
    assert user.totp_secret is not None
    found = [codes._matched(user.totp_secret, app.code(), user.totp_counter, clock.now()) for _ in range(2)]
    assert None not in found
    assert [codes._take(user, match) for match in found if match is not None] == [True, False]
