"""Templates are quicker than Jinja makes them, and put out the same."""

from collections.abc import Iterator

import flask
import pytest
from flask import Flask
from markupsafe import Markup

from cycle_tracker.web import quick_templates
from cycle_tracker.web.links import url_for

LONG = "<b>" + "word " * 60


@pytest.fixture
def site() -> Iterator[Flask]:
    site = Flask("site")
    quick_templates.init_app(site)
    site.add_url_rule("/shelves/<name>", "shelves.show", lambda name: name)
    with site.test_request_context():
        yield site


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("<b> & \"'", "&lt;b&gt; &amp; &#34;&#39;"),
        (Markup("<b>bold</b>"), "<b>bold</b>"),
        ("a\u202eb\u200b", "ab"),
        (LONG, LONG.replace("<b>", "&lt;b&gt;")),
        (LONG + "\u202e", LONG.replace("<b>", "&lt;b&gt;")),
        (7, "7"),
        (None, "None"),
        (True, "True"),
    ],
)
def test_what_is_put_out_is_escaped_and_without_what_nobody_sees(site: Flask, value: object, shown: str) -> None:
    written = site.jinja_env.from_string("{% autoescape true %}{{ value }}{% endautoescape %}")
    macro = site.jinja_env.from_string(
        "{% autoescape true %}{% macro put(x) %}[{{ x }}]{% endmacro %}{{ put(value) }}{% endautoescape %}"
    )
    assert written.render(value=value) == shown
    assert written.render(value=value) == shown  # the second time, from what is kept
    assert macro.render(value=value) == f"[{shown}]"


def test_what_is_not_escaped_is_cleaned_all_the_same(site: Flask) -> None:
    written = site.jinja_env.from_string("{% autoescape false %}{{ value }}{% endautoescape %}")
    assert written.render(value="<b>\u202e") == "<b>"


def test_a_markup_of_the_same_words_is_not_taken_for_the_words(site: Flask) -> None:
    written = site.jinja_env.from_string("{% autoescape true %}{{ value }}{% endautoescape %}")
    assert [written.render(value=one) for one in ("<i>", Markup("<i>"), "<i>")] == ["&lt;i&gt;", "<i>", "&lt;i&gt;"]


def test_an_address_is_flasks_own(site: Flask) -> None:
    for values in ({"name": "a b"}, {"name": 1}, {"name": True}, {"name": "1", "many": ["x", "y"]}, {"name": "é/"}):
        assert url_for("shelves.show", **values) == flask.url_for("shelves.show", **values)


def test_an_address_begins_where_the_site_is_mounted(site: Flask) -> None:
    assert url_for("shelves.show", name="a") == "/shelves/a"
    with site.test_request_context(base_url="http://localhost/under"):
        assert url_for("shelves.show", name="a") == "/under/shelves/a"
    assert url_for("shelves.show", name="a") == "/shelves/a"
