"""From which day a plan is prepared, for any leads, agreements and publications."""

from datetime import date, timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from cycle_tracker.core.kinds import PreparedFrom
from cycle_tracker.documents.rules.agreement import Agreement
from cycle_tracker.documents.rules.prepared import Lead, Prepared, agreed_by_all, prepared

COUNCIL, BOARD, JOINT_BOARD = 1, 2, 3
EARLIEST, TODAY = date(2024, 4, 1), date(2026, 12, 1)
LONG_AGO = date(2017, 4, 1)
MARCH, APRIL = date(2026, 3, 23), date(2026, 4, 2)
DAY = timedelta(days=1)
LEADS = [Lead(COUNCIL, LONG_AGO), Lead(BOARD, LONG_AGO)]


def of(leads: list[Lead], agreements: dict[int, Agreement], **more: object) -> Prepared | None:
    return prepared(leads, agreements, earliest=EARLIEST, today=TODAY, **more)  # type: ignore[arg-type]


def test_a_plan_is_prepared_on_the_day_of_the_last_agreement() -> None:
    """Moray: the council agreed on 2 April, the board on 23 March; published on 24 April."""
    both = {COUNCIL: Agreement(APRIL), BOARD: Agreement(MARCH)}
    published = Agreement(date(2026, 4, 24))
    assert of(LEADS, both, published=published) == Prepared(APRIL, PreparedFrom.APPROVALS)


def test_with_an_agreement_missing_it_is_prepared_once_it_is_published() -> None:
    one = {BOARD: Agreement(MARCH)}
    assert of(LEADS, one) is None
    assert of(LEADS, one, published=Agreement(APRIL)) == Prepared(APRIL, PreparedFrom.PUBLICATION)
    assert of(LEADS, one, published=Agreement(None)) == Prepared(None, PreparedFrom.PUBLICATION)


def test_a_day_recorded_by_hand_wins() -> None:
    both = {COUNCIL: Agreement(APRIL), BOARD: Agreement(MARCH)}
    by_hand = date(2026, 3, 30)
    assert of(LEADS, both, published=Agreement(APRIL), by_hand=by_hand) == Prepared(by_hand, PreparedFrom.BY_HAND)


def test_an_agreement_without_a_day_makes_it_prepared_on_a_day_that_is_not_known() -> None:
    both = {COUNCIL: Agreement(None), BOARD: Agreement(MARCH)}
    assert of(LEADS, both, published=Agreement(APRIL)) == Prepared(None, PreparedFrom.APPROVALS)


def test_a_body_of_unknown_day_that_does_not_lead_changes_nothing() -> None:
    agreements = {COUNCIL: Agreement(APRIL), BOARD: Agreement(MARCH), JOINT_BOARD: Agreement(None)}
    assert of(LEADS, agreements) == Prepared(APRIL, PreparedFrom.APPROVALS)


def test_only_the_bodies_that_lead_on_that_day_must_have_agreed() -> None:
    """The 2026 Act changes who leads: from 1 April an integration joint board does, and the health board no more."""
    leads = [Lead(COUNCIL, LONG_AGO), Lead(BOARD, LONG_AGO, date(2026, 3, 31)), Lead(JOINT_BOARD, date(2026, 4, 1))]
    agreed = {COUNCIL: Agreement(MARCH), JOINT_BOARD: Agreement(MARCH)}
    assert of(leads, agreed) == Prepared(date(2026, 4, 1), PreparedFrom.APPROVALS)
    assert of(leads, {COUNCIL: Agreement(MARCH), BOARD: Agreement(MARCH)}) == Prepared(MARCH, PreparedFrom.APPROVALS)
    assert of(leads, {COUNCIL: Agreement(APRIL), BOARD: Agreement(MARCH)}) is None


def test_a_body_leads_on_its_first_day_and_on_its_last() -> None:
    lead = Lead(BOARD, MARCH, APRIL)
    assert [lead.leads_on(day) for day in (MARCH - DAY, MARCH, APRIL, APRIL + DAY)] == [False, True, True, False]


def test_once_a_body_that_has_not_agreed_leads_no_more_the_others_agreement_is_enough() -> None:
    leads = [Lead(COUNCIL, LONG_AGO, date.max), Lead(BOARD, LONG_AGO, APRIL)]
    assert of(leads, {COUNCIL: Agreement(MARCH)}) == Prepared(APRIL + DAY, PreparedFrom.APPROVALS)


def test_an_agreement_of_today_counts_and_so_do_two_of_unknown_days() -> None:
    assert of(LEADS, {COUNCIL: Agreement(TODAY), BOARD: Agreement(MARCH)}) == Prepared(TODAY, PreparedFrom.APPROVALS)
    assert of(LEADS, {COUNCIL: Agreement(None), BOARD: Agreement(None)}) == Prepared(None, PreparedFrom.APPROVALS)


def test_who_led_alone_long_ago_did_not_agree_to_this_plan() -> None:
    leads = [Lead(COUNCIL, LONG_AGO), Lead(BOARD, date(2020, 4, 1))]
    assert of(leads, {COUNCIL: Agreement(None)}) is None


def test_with_nobody_leading_nobody_has_agreed() -> None:
    assert of([], {COUNCIL: Agreement(MARCH)}) is None


days = st.dates(EARLIEST, TODAY)
agreements = st.dictionaries(st.integers(1, 4), st.builds(Agreement, st.none() | days), max_size=4)


@st.composite
def parts(draw: st.DrawFn) -> Lead:
    from_on = draw(st.sampled_from([LONG_AGO]) | days)
    last = draw(st.none() | st.integers(0, 900))
    return Lead(draw(st.integers(1, 4)), from_on, None if last is None else from_on + timedelta(days=last))


leads_of_any_kind = st.lists(parts(), max_size=5)


@given(leads_of_any_kind, agreements)
def test_on_the_day_every_lead_has_agreed_and_on_the_day_before_not(
    leads: list[Lead], agreed: dict[int, Agreement]
) -> None:
    found = agreed_by_all(leads, agreed, earliest=EARLIEST, today=TODAY)
    if found is None or found.on is None or None in {one.on for one in agreed.values()}:
        return

    def all_agreed(day: date) -> bool:
        leading = [lead.body for lead in leads if lead.leads_on(day)]
        return bool(leading) and all(body in agreed and agreed[body].on <= day for body in leading)  # type: ignore[operator]

    assert all_agreed(found.on)
    assert found.on == EARLIEST or not all_agreed(found.on - timedelta(days=1))


@given(leads_of_any_kind, agreements, days)
def test_an_agreement_more_never_makes_it_later(leads: list[Lead], agreed: dict[int, Agreement], day: date) -> None:
    for body in range(1, 5):
        if body not in agreed:
            before = agreed_by_all(leads, agreed, earliest=EARLIEST, today=TODAY)
            after = agreed_by_all(leads, {**agreed, body: Agreement(day)}, earliest=EARLIEST, today=TODAY)
            if before is not None:
                assert after is not None
                if before.on is not None and after.on is not None:
                    assert after.on <= before.on


@given(leads_of_any_kind, agreements)
def test_a_day_that_is_known_is_the_same_whenever_the_unknown_ones_were(
    leads: list[Lead], agreed: dict[int, Agreement]
) -> None:
    found = agreed_by_all(leads, agreed, earliest=EARLIEST, today=TODAY)
    for day in (EARLIEST, date(2025, 6, 1), TODAY):
        known = {body: Agreement(one.on or day) for body, one in agreed.items()}
        then = agreed_by_all(leads, known, earliest=EARLIEST, today=TODAY)
        if found is not None and found.on is not None:
            assert then == found
        if found is None:
            assert then is None


@given(leads_of_any_kind, agreements, st.none() | st.builds(Agreement, st.none() | days), st.none() | days)
def test_what_is_prepared_says_what_its_day_is_taken_from(
    leads: list[Lead], agreed: dict[int, Agreement], published: Agreement | None, by_hand: date | None
) -> None:
    found = prepared(leads, agreed, published=published, by_hand=by_hand, earliest=EARLIEST, today=TODAY)
    of_all = agreed_by_all(leads, agreed, earliest=EARLIEST, today=TODAY)
    if by_hand is not None:
        assert found == Prepared(by_hand, PreparedFrom.BY_HAND)
    elif of_all is not None:
        assert found == Prepared(of_all.on, PreparedFrom.APPROVALS)
    elif published is not None:
        assert found == Prepared(published.on, PreparedFrom.PUBLICATION)
    else:
        assert found is None


@given(leads_of_any_kind, agreements)
def test_nothing_is_prepared_on_a_day_to_come(leads: list[Lead], agreed: dict[int, Agreement]) -> None:
    today = date(2025, 6, 1)
    past = {body: one for body, one in agreed.items() if one.on is None or one.on <= today}
    found = agreed_by_all(leads, past, earliest=EARLIEST, today=today)
    assert found is None or found.on is None or found.on <= today


@given(
    leads_of_any_kind,
    st.dictionaries(st.integers(1, 4), st.dates(EARLIEST - 90 * DAY, TODAY), max_size=4),
    st.dates(EARLIEST, TODAY),
)
@example(LEADS, {COUNCIL: EARLIEST - 9 * DAY, BOARD: EARLIEST - 20 * DAY}, TODAY)
def test_it_is_the_first_of_all_days_up_to_today_on_which_every_lead_had_agreed(
    leads: list[Lead], agreed: dict[int, date], today: date
) -> None:
    """Day by day, from the earliest agreement: also one that was made before any is expected."""
    day, expected = min([EARLIEST, *agreed.values()]), None
    while expected is None and day <= today:
        leading = [lead.body for lead in leads if lead.leads_on(day)]
        expected = day if leading and all(body in agreed and agreed[body] <= day for body in leading) else None
        day += DAY
    found = agreed_by_all(leads, {body: Agreement(on) for body, on in agreed.items()}, earliest=EARLIEST, today=today)
    assert found == (Agreement(expected) if expected else None)
