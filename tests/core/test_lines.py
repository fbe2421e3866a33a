"""One line is one line, whatever was written, and loses nothing that anybody sees."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cycle_tracker.core.lines import one_line, several_lines, within_line
from tests.support.unseen import BLANKS, LINE_ENDS, UNSEEN, is_one_line, unseen_in

JOINERS = "\u200c\u200d"
TAGS = "".join(map(chr, range(0xE0020, 0xE0080)))
KEPT = [
    "👩\u200d👩\u200d👧\u200d👦",
    "👩🏽\u200d🔬",
    "🏳\ufe0f\u200d🌈",
    "❤\ufe0f\u200d🔥",
    "🙂\u200d↔\ufe0f",
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",
    "می\u200cخواهم",
    "क्\u200dष",
    "ශ්\u200dරී",
    "Dùn Èideann – “plan” 2026–29",
    "Pla\u0300na",
]
texts = st.lists(
    st.one_of(st.sampled_from([*UNSEEN, *LINE_ENDS, *BLANKS, *KEPT, " ", "🏴"]), st.text(max_size=5)), max_size=12
).map("".join)


def test_no_character_that_nobody_sees_stays_in_a_line() -> None:
    for sign in ["\x00", *UNSEEN]:
        assert one_line(f"Plan{sign}for Moray") in {"Planfor Moray", "Plan for Moray"}, f"U+{ord(sign):04X}"
        assert one_line(f"{sign} Plan {sign}") == "Plan"
    assert one_line("A".join(["", *UNSEEN, ""])).replace(" ", "") == "A" * (len(UNSEEN) + 1)


@pytest.mark.parametrize("end", [*LINE_ENDS, *BLANKS])
def test_line_ends_and_blanks_of_every_kind_are_one_blank(end: str) -> None:
    assert one_line(f"{end}Your input{end} {end}to the plan{end}") == "Your input to the plan"


@pytest.mark.parametrize("text", KEPT)
def test_what_is_needed_to_write_a_word_or_an_emoji_stays(text: str) -> None:
    assert one_line(text) == several_lines(text) == text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Mo\u200dray", "Moray"),
        ("Moray\u200d", "Moray"),
        ("👩\u200d plan", "👩 plan"),
        ("👩\u200d\u200d👩", "👩👩"),
        ("م\u200b\u200cخ", "مخ"),
        ("🏴\U000e0061\U000e0062\U000e007f", "🏴"),
        ("Plan\U000e0067\U000e0062", "Plan"),
        ("\u202eyarom\u202c", "yarom"),
    ],
)
def test_a_joiner_or_a_tag_that_nothing_needs_goes(text: str, line: str) -> None:
    assert one_line(text) == several_lines(text) == line


@settings(deadline=None)
@given(texts)
def test_a_line_is_one_and_stays_as_it_is(text: str) -> None:
    line = one_line(text)
    assert not unseen_in(line, but=JOINERS + TAGS)
    assert line == " ".join(line.split()) == one_line(line)
    assert within_line(text).strip() == line
    assert is_one_line("".join(sign for sign in line if sign not in JOINERS + TAGS))


@settings(deadline=None)
@given(texts)
def test_several_lines_end_with_line_feeds_and_stay_as_they_are(text: str) -> None:
    several = several_lines(text)
    assert not unseen_in(several, but=JOINERS + TAGS + "\n\t")
    assert several_lines(several) == several
    assert one_line(several) == one_line(text)


def test_lines_of_several_stay_apart() -> None:
    assert several_lines("Dear all,\r\rthe plan\x85is\u2028ready\n") == "Dear all,\n\nthe plan\nis\nready\n"
    assert several_lines("a\tb \u00a0c") == "a\tb \u00a0c"


def test_a_piece_of_a_line_keeps_one_blank_at_its_ends() -> None:
    assert within_line("\n past the date\u00a0") == " past the date "
    assert (within_line(""), within_line("\n\n"), within_line("\u200b")) == ("", " ", "")


@pytest.mark.parametrize("empty", ["\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u2800", "\u3164", "\uffa0"])
def test_a_letter_that_no_screen_shows_is_left_out(empty: str) -> None:
    """Five of them would look like no name at all, and pass for one."""
    assert one_line(empty * 5) == ""
    assert one_line(f"Plan{empty} for {empty}Moray") == "Plan for Moray"
    assert several_lines(f"One{empty}\ntwo") == "One\ntwo"
