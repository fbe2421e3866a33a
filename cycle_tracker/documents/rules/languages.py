"""The languages in which documents are published, by their short codes (ISO 639)."""

LANGUAGES = {
    "en": "English",
    "gd": "Gaelic",
    "sco": "Scots",
    "ar": "Arabic",
    "zh": "Chinese",
    "pl": "Polish",
    "ro": "Romanian",
    "uk": "Ukrainian",
    "ur": "Urdu",
}
USUAL = "en"


def language_name(code: str) -> str:
    """The language in words; a code that is none of these stands for itself.

    >>> language_name("gd"), language_name("cy")
    ('Gaelic', 'cy')
    """
    return LANGUAGES.get(code, code)
