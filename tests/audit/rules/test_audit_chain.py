"""The hash chain over the audit: whatever is changed changes the hash, and a walk says what was done."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cycle_tracker.audit.rules import (
    FIELDS,
    NOTHING,
    START,
    EventSaid,
    Fault,
    Finding,
    Head,
    Link,
    Walk,
    parse_head,
    seal_hash,
)
from cycle_tracker.models.audit import AuditEvent
from cycle_tracker.models.base import table_of

SEALED_AT = datetime(2026, 11, 23, 9, 0, 30, tzinfo=UTC)
FIRST_HASH = "0840d294ed4454b1cec236d8380ed2e732611158c5680d45d7b97b8f5e2c9b64"

instants = st.datetimes(timezones=st.just(UTC))
plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
values = st.dictionaries(st.text(), plain | st.lists(plain), max_size=4)
numbers = st.integers(min_value=1, max_value=2**40)
said = st.builds(
    EventSaid,
    id=numbers,
    at=instants,
    actor_id=st.none() | numbers,
    partnership_id=st.none() | numbers,
    subject=st.text(max_size=40),
    subject_id=numbers,
    action=st.text(max_size=60),
    before=values,
    after=values,
    reason=st.text(),
)


def event(number: int, **changes: Any) -> EventSaid:
    made = EventSaid(
        id=number * 10,
        at=SEALED_AT - timedelta(minutes=number),
        actor_id=7,
        partnership_id=3,
        subject="milestone",
        subject_id=number,
        action="finished",
        before={"state": "in-progress"},
        after={"state": "done", "done_on": "2026-11-23"},
        reason="",
    )
    return replace(made, **changes)


def chain(length: int, *, changed: dict[int, EventSaid] | None = None) -> list[Link]:
    """A whole chain, over events of which some may have said something else from the start."""
    links = []
    before = START
    for number in range(1, length + 1):
        one = (changed or {}).get(number, event(number))
        before = seal_hash(before, number, SEALED_AT, one)
        links.append(Link(number, before, SEALED_AT, one.id, one))
    return links


def walk(links: list[Link], kept: Head | None = None) -> list[Finding]:
    along = Walk(kept)
    found = [finding for link in links for finding in along.follow(link)]
    return [*found, *along.end()]


def faults(links: list[Link], kept: Head | None = None) -> list[tuple[Fault, int | None]]:
    return [(finding.fault, finding.number) for finding in walk(links, kept)]


def test_the_chain_covers_every_column_of_an_event() -> None:
    assert {*FIELDS} == {column.name for column in table_of(AuditEvent).columns}


@given(said, said, st.sampled_from(FIELDS))
def test_any_field_that_differs_makes_another_hash(one: EventSaid, other: EventSaid, name: str) -> None:
    assume(getattr(one, name) != getattr(other, name))
    changed = replace(one, **{name: getattr(other, name)})
    assert seal_hash(START, 1, SEALED_AT, one) != seal_hash(START, 1, SEALED_AT, changed)


@given(said, st.sampled_from(FIELDS), st.randoms(use_true_random=False))
def test_a_small_change_of_any_field_makes_another_hash(one: EventSaid, name: str, chance: random.Random) -> None:
    value = getattr(one, name)
    if isinstance(value, datetime):
        other: Any = value + timedelta(microseconds=1) if value.year < 9999 else value - timedelta(microseconds=1)
    elif isinstance(value, dict):
        other = {**value, f"more {chance.random()}": None}
    elif isinstance(value, str):
        other = value + " "
    else:
        other = 0 if value is None else None
    assert seal_hash(START, 1, SEALED_AT, one) != seal_hash(START, 1, SEALED_AT, replace(one, **{name: other}))


@given(said, numbers)
def test_the_seal_before_the_number_and_the_time_are_in_the_hash(one: EventSaid, number: int) -> None:
    made = seal_hash(START, number, SEALED_AT, one)
    assert made != seal_hash("f" * 64, number, SEALED_AT, one)
    assert made != seal_hash(START, number + 1, SEALED_AT, one)
    assert made != seal_hash(START, number, SEALED_AT + timedelta(microseconds=1), one)


@given(said, st.integers(min_value=-12, max_value=12))
def test_the_zone_in_which_an_instant_is_given_and_the_order_of_names_do_not_count(one: EventSaid, hours: int) -> None:
    if not 1900 < one.at.year < 9000:
        return
    zone = timezone(timedelta(hours=hours))
    elsewhere = replace(one, at=one.at.astimezone(zone), before=dict(reversed(one.before.items())))
    assert seal_hash(START, 1, SEALED_AT, one) == seal_hash(START, 1, SEALED_AT.astimezone(zone), elsewhere)


def test_the_hash_stays_what_it_was_when_the_first_chain_was_begun() -> None:
    assert seal_hash(START, 1, SEALED_AT, event(1)) == FIRST_HASH


@pytest.mark.parametrize("length", [0, 1, 2, 50])
def test_a_whole_chain_has_no_fault_and_ends_in_its_head(length: int) -> None:
    links = chain(length)
    along = Walk()
    assert [finding for link in links for finding in along.follow(link)] == []
    assert list(along.end()) == []
    assert along.head == (Head(length, links[-1].hash) if links else NOTHING)


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("number", [1, 3, 4])
def test_a_changed_event_is_named(number: int, name: str) -> None:
    links = chain(5)
    before = event(number)
    value = getattr(before, name)
    if isinstance(value, datetime):
        other: Any = value + timedelta(days=1)
    else:
        other = {"state": "x"} if isinstance(value, dict) else "x" if isinstance(value, str) else value + 1
    links[number - 1] = replace(links[number - 1], event=replace(before, **{name: other}))
    (found,) = walk(links)
    assert (found.fault, found.number, found.event_id) == (Fault.EVENT_CHANGED, number, number * 10)
    assert found.said == f"Event {number * 10} was changed after seal {number} was made from it."


def test_a_changed_event_at_the_end_may_as_well_be_a_changed_seal() -> None:
    links = chain(5)
    links[4] = replace(links[4], event=event(5, reason="other"))
    assert [finding.said for finding in walk(links)] == [
        "Either event 50 or seal 5 was changed, because they do not match."
    ]


@pytest.mark.parametrize("number", [1, 3, 4])
def test_a_changed_seal_is_told_from_a_changed_event(number: int) -> None:
    links = chain(5)
    links[number - 1] = replace(links[number - 1], hash="a" * 64)
    assert faults(links) == [(Fault.SEAL_CHANGED, number)]


def test_the_time_of_a_seal_cannot_be_changed_either() -> None:
    links = chain(5)
    links[2] = replace(links[2], sealed_at=SEALED_AT + timedelta(days=1))
    assert faults(links) == [(Fault.EVENT_CHANGED, 3)]


@pytest.mark.parametrize("number", [1, 3, 5])
def test_an_event_taken_out_is_named(number: int) -> None:
    links = chain(5)
    links[number - 1] = replace(links[number - 1], event=None)
    assert faults(links) == [(Fault.EVENT_GONE, number)]


@pytest.mark.parametrize(
    ("first", "last", "said"), [(1, 1, "Seal 1 was"), (2, 2, "Seal 2 was"), (2, 3, "Seals 2 to 3")]
)
def test_seals_taken_out_leave_a_gap_that_is_named(first: int, last: int, said: str) -> None:
    links = chain(5)
    del links[first - 1 : last]
    (found,) = walk(links)
    assert found.fault is Fault.SEAL_GONE
    assert found.said.startswith(said)


def test_a_seal_taken_out_is_found_when_the_others_are_numbered_anew() -> None:
    links = chain(6)
    del links[2]
    links = [replace(link, number=number) for number, link in enumerate(links, start=1)]
    found = faults(links)
    assert found[0] == (Fault.EVENT_CHANGED, 3)
    assert {number for _, number in found} == {3, 4, 5}


def test_a_seal_put_in_before_the_first_is_odd() -> None:
    assert faults([Link(0, "b" * 64, SEALED_AT, 99, None), *chain(3)]) == [(Fault.SEAL_ODD, 0)]


def test_several_faults_are_each_named_and_the_sound_links_between_are_not() -> None:
    links = chain(12)
    links[1] = replace(links[1], event=event(2, actor_id=8))
    links[4] = replace(links[4], hash="c" * 64)
    links[7] = replace(links[7], event=None)
    del links[10]
    assert faults(links) == [
        (Fault.EVENT_CHANGED, 2),
        (Fault.SEAL_CHANGED, 5),
        (Fault.EVENT_GONE, 8),
        (Fault.SEAL_GONE, 11),
    ]


def test_two_changed_events_beside_each_other_are_both_named() -> None:
    links = chain(6)
    links[2] = replace(links[2], event=event(3, actor_id=8))
    links[3] = replace(links[3], event=event(4, actor_id=8))
    assert faults(links) == [(Fault.EVENT_CHANGED, 3), (Fault.DOES_NOT_FIT, 4)]


def test_a_chain_made_anew_after_a_change_is_whole_and_found_by_the_head_kept_elsewhere() -> None:
    kept = chain(5)[-1]
    links = chain(8, changed={2: event(2, actor_id=8)})
    assert faults(links) == []
    assert faults(links, Head(kept.number, kept.hash)) == [(Fault.HEAD_CHANGED, 5)]


def test_an_end_cut_off_is_found_by_the_head_kept_elsewhere() -> None:
    links = chain(8)
    kept = Head(7, links[6].hash)
    assert faults(links, kept) == []
    assert faults(links[:5]) == []
    assert faults(links[:5], kept) == [(Fault.CUT_OFF, 7)]
    assert faults([], kept) == [(Fault.CUT_OFF, 7)]


@given(st.integers(min_value=2, max_value=12), st.data())
def test_no_single_change_below_the_service_goes_unnoticed(length: int, data: st.DataObject) -> None:
    links = chain(length)
    kept = Head(length, links[-1].hash)
    at = data.draw(st.integers(min_value=0, max_value=length - 1))
    what = data.draw(st.sampled_from(["event", "gone", "hash", "time", "out", "swap"]))
    if what == "out":
        del links[at]
    elif what == "swap":
        other = (at + 1) % length
        links[at], links[other] = replace(links[at], event=links[other].event), links[other]
    else:
        done: dict[str, Link] = {
            "event": replace(links[at], event=event(at + 1, reason="rewritten")),
            "gone": replace(links[at], event=None),
            "hash": replace(links[at], hash="d" * 64),
            "time": replace(links[at], sealed_at=SEALED_AT - timedelta(seconds=1)),
        }
        links[at] = done[what]
    assert walk(links, kept)


def test_a_head_is_read_as_it_is_written() -> None:
    head = Head(12, "0123456789abcdef" * 4)
    assert parse_head(str(head)) == head
    assert parse_head(f"  {head}\n".upper()) == head


@pytest.mark.parametrize("text", ["", "12", "0:" + "a" * 64, "12:abc", "-1:" + "a" * 64, "1:" + "g" * 64, "9" * 5000])
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="A head is a number"):
        parse_head(text)
