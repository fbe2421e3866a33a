"""What is missing beside a document, in words."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cycle_tracker.documents.rules.gaps import About, ApprovalFacts, CopyFacts, GapFacts, gaps_about, gaps_of

WHOLE = {"published": True, "date_known": True, "full_address": True, "child_form": True, "summary_form": True}


def words(**facts: object) -> list[str]:
    return [gap.words for gap in gaps_of(GapFacts(**{"is_plan": True, **facts}))]  # type: ignore[arg-type]


def test_nothing_is_missing_of_a_whole_plan() -> None:
    assert (
        words(
            **WHOLE,
            approvals=[ApprovalFacts("Angus Council", recorded=True, dated=True, minuted=True)],
            copies=[CopyFacts("Scottish Government", sent=True, dated=True, received=True)],
        )
        == []
    )


def test_what_is_missing_of_a_published_plan_is_said_in_the_order_of_the_page() -> None:
    assert words(
        published=True,
        approvals=[
            ApprovalFacts("Angus Council", recorded=False),
            ApprovalFacts("Dundee City Council", recorded=True, dated=True),
            ApprovalFacts("NHS Tayside", recorded=True, minuted=True),
        ],
        copies=[CopyFacts("the chief constable", sent=False), CopyFacts("the Scottish Government", sent=True)],
    ) == [
        "The publication date is not known.",
        "The web address of the full document is not recorded.",
        "No version for children and young people is recorded.",
        "The approval of Angus Council is not recorded.",
        "The minute of the approval of Dundee City Council is missing.",
        "The date of the approval of NHS Tayside is missing.",
        "No copy to the chief constable is recorded.",
        "No receipt from the Scottish Government is recorded.",
    ]


def test_a_report_is_wanted_with_a_summary_and_a_plan_for_children() -> None:
    bare = {"published": True, "date_known": True, "full_address": True}
    assert words(**bare) == ["No version for children and young people is recorded."]
    assert words(**bare, is_plan=False) == ["No summary is recorded."]
    assert words(**bare, is_plan=False, summary_form=True) == []


def test_before_it_is_published_only_what_was_recorded_can_lack_something() -> None:
    approvals = [ApprovalFacts("Angus Council", recorded=False), ApprovalFacts("NHS Tayside", recorded=True)]
    assert words(published=False, approvals=approvals, copies=[CopyFacts("Scottish Government", sent=False)]) == [
        "The date of the approval of NHS Tayside is missing."
    ]


def test_what_is_recorded_and_is_no_agreement_is_said_before_its_day_and_minute() -> None:
    deferred = ApprovalFacts("NHS Tayside", recorded=True, open="NHS Tayside has deferred its decision.")
    assert words(**WHOLE, approvals=[deferred]) == ["NHS Tayside has deferred its decision."]


def test_a_draft_is_not_the_document() -> None:
    assert words(published=True, draft=True) == ["Only a draft is published."]


def test_an_interim_version_leaves_the_final_one_to_come() -> None:
    assert words(**WHOLE, interim=True) == ["An interim version is published. The final version is not published yet."]


def test_of_an_interim_plan_its_last_day_is_asked_for_and_of_an_interim_report_none() -> None:
    gap = "The last day that the interim plan covers is not recorded."
    found = gaps_of(GapFacts(**WHOLE, is_plan=True, interim=True, interim_until_known=False))  # type: ignore[arg-type]
    assert gaps_about(found, About.PUBLICATION)[1:] == [gap]
    assert gap not in words(**WHOLE, is_plan=False, interim=True, interim_until_known=False)


def test_of_what_was_before_the_service_nobody_is_asked_for_minutes_and_receipts() -> None:
    assert words(
        published=True,
        before_service=True,
        date_known=True,
        approvals=[ApprovalFacts("Angus Council", recorded=False)],
        copies=[CopyFacts("Scottish Government", sent=False)],
    ) == ["The web address of the full document is not recorded."]


OPEN = st.sampled_from(["", "Angus Council has not agreed to this."])

facts_of_any_document = st.builds(
    GapFacts,
    published=st.booleans(),
    is_plan=st.booleans(),
    draft=st.booleans(),
    interim=st.booleans(),
    before_service=st.booleans(),
    date_known=st.booleans(),
    full_address=st.booleans(),
    child_form=st.booleans(),
    summary_form=st.booleans(),
    approvals=st.lists(
        st.builds(ApprovalFacts, st.sampled_from("ABCD"), st.booleans(), st.booleans(), st.booleans(), OPEN), max_size=4
    ),
    copies=st.lists(
        st.builds(CopyFacts, st.sampled_from("EFGH"), st.booleans(), st.booleans(), st.booleans()), max_size=4
    ),
)


@given(facts_of_any_document)
def test_every_gap_is_a_sentence_about_one_part(facts: GapFacts) -> None:
    gaps = gaps_of(facts)
    assert all(gap.words.endswith(".") for gap in gaps)
    assert sorted(gap.words for gap in gaps) == sorted(words for about in About for words in gaps_about(gaps, about))


@given(facts_of_any_document)
def test_no_body_has_two_gaps_of_one_sort_for_one_record(facts: GapFacts) -> None:
    gaps = gaps_of(facts)
    assert len(gaps_about(gaps, About.APPROVALS)) <= len(facts.approvals)
    assert len(gaps_about(gaps, About.COPIES)) <= len(facts.copies)


@given(st.builds(CopyFacts, st.just("the Reporter"), *[st.booleans()] * 5))
def test_of_a_copy_one_thing_is_missing_at_most_and_nothing_while_its_email_is_under_way(copy: CopyFacts) -> None:
    if copy.refused:
        expected = ["The copy to the Reporter was not sent. The email was refused."]
    elif copy.sent:
        expected = [] if copy.received else ["No receipt from the Reporter is recorded."]
    else:
        expected = [] if copy.under_way else ["No copy to the Reporter is recorded."]
    assert words(**WHOLE, copies=[copy]) == expected


def test_a_plan_that_was_sent_is_looked_for_among_the_prepared() -> None:
    sent, not_sent = CopyFacts("Police Scotland", sent=True), CopyFacts("Police Scotland", sent=False)
    words = ["A copy was sent, but the plan is not recorded as prepared."]
    for facts, copy, expected in (
        (GapFacts(published=False, is_plan=True, prepared=False), sent, words),
        (GapFacts(published=True, is_plan=True, prepared=False, interim=True), sent, words),
        (GapFacts(published=False, is_plan=True, prepared=True), sent, []),
        (GapFacts(published=False, is_plan=True, prepared=False), not_sent, []),
    ):
        assert gaps_about(gaps_of(replace(facts, copies=[copy])), About.COPIES) == expected
