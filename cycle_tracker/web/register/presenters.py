"""The register in words."""

from cycle_tracker.models import Form, PublicationAddress

FORMS = {
    Form.FULL: "Full document",
    Form.SUMMARY: "Summary",
    Form.CHILD: "For children and young people",
    Form.EASY_READ: "Easy read",
    Form.BSL: "British Sign Language",
}
LANGUAGES = {"en": "", "gd": "Gaelic"}


def address_label(address: PublicationAddress) -> str:
    """What is found at an address: `Full document`, `Summary (Gaelic)`."""
    language = LANGUAGES.get(address.language, address.language)
    return f"{FORMS[address.form]} ({language})" if language else FORMS[address.form]
