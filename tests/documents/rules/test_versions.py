"""Which version of a document is present, and which was the first of the document itself."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.documents.rules.versions import KnownVersion, Reach, first_of_document, present_of

DAYS = st.none() | st.integers(0, 2_000).map(lambda days: date(2024, 1, 1) + timedelta(days=days))
FACTS = st.tuples(st.sampled_from(Reach), DAYS)
VERSIONS = st.lists(FACTS, max_size=7).map(
    lambda facts: [KnownVersion(number, reach, day) for number, (reach, day) in enumerate(facts, 1)]
)


@given(VERSIONS)
def test_one_version_is_present_wherever_any_is_known(versions: list[KnownVersion]) -> None:
    present = present_of(versions)
    assert (present is None) == (versions == [])
    assert present is None or present in versions


@given(VERSIONS, st.randoms())
def test_the_order_in_which_versions_are_read_does_not_matter(versions: list[KnownVersion], random: object) -> None:
    mixed = list(versions)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert present_of(mixed) == present_of(versions)
    assert [first_of_document(mixed, one) for one in versions] == [first_of_document(versions, one) for one in versions]


@given(VERSIONS)
def test_no_version_has_come_further_than_the_present_one_and_none_as_far_is_newer(
    versions: list[KnownVersion],
) -> None:
    present = present_of(versions)
    for one in versions:
        assert present is not None
        assert one.reach <= present.reach
        assert one.reach < present.reach or one.number <= present.number


@given(VERSIONS, DAYS)
def test_a_draft_or_an_interim_plan_of_something_new_leaves_the_document_in_its_place(
    versions: list[KnownVersion], day: date | None
) -> None:
    present = present_of(versions)
    if present is None or present.reach is not Reach.DOCUMENT:
        return
    for reach in (Reach.DRAFT, Reach.INTERIM_PLAN):
        assert present_of([*versions, KnownVersion(len(versions) + 1, reach, day)]) == present


@given(VERSIONS, DAYS)
def test_a_newer_version_of_the_document_is_present_and_undoing_it_brings_back_the_one_before(
    versions: list[KnownVersion], day: date | None
) -> None:
    newer = KnownVersion(len(versions) + 1, Reach.DOCUMENT, day)
    assert present_of([*versions, newer]) == newer
    assert present_of([one for one in [*versions, newer] if one != newer]) == present_of(versions)


@given(VERSIONS, DAYS)
def test_the_first_day_of_the_document_stays_whatever_is_published_after_it(
    versions: list[KnownVersion], day: date | None
) -> None:
    present = present_of(versions)
    if present is None or present.reach is not Reach.DOCUMENT:
        return
    newer = KnownVersion(len(versions) + 1, Reach.DOCUMENT, day)
    assert first_of_document([*versions, newer], newer) == first_of_document(versions, present)


@given(VERSIONS)
def test_the_first_is_the_document_itself_and_only_of_the_document_there_is_one(versions: list[KnownVersion]) -> None:
    for one in versions:
        first = first_of_document(versions, one)
        if one.reach is not Reach.DOCUMENT:
            assert first is None
        else:
            assert first is not None
            assert (first.reach, first.number <= one.number) == (Reach.DOCUMENT, True)
            assert not [two for two in versions if two.reach is Reach.DOCUMENT and two.number < first.number]


def test_an_interim_plan_is_not_the_first_day_of_the_plan() -> None:
    interim = KnownVersion(1, Reach.INTERIM_PLAN, date(2026, 4, 1))
    plan = KnownVersion(2, Reach.DOCUMENT, date(2026, 9, 1))
    revised = KnownVersion(3, Reach.DOCUMENT, date(2027, 2, 1))
    versions = [interim, plan, revised]
    assert present_of(versions) == revised
    assert [first_of_document(versions, one) for one in versions] == [None, plan, plan]
