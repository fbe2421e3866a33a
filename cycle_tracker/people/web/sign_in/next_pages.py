"""Where to go on after signing in: a page of this site and nothing else."""

from urllib.parse import unquote, urlsplit

LONGEST_ADDRESS = 2000


def safe_next(address: str | None, otherwise: str) -> str:
    """The address if it is a path of this site, or else `otherwise`.

    Browsers read `//host` and `/\\host` as another site, and drop tabs and line ends before they look.
    """
    if not address or len(address) > LONGEST_ADDRESS or not address.startswith("/"):
        return otherwise
    for form in (address, unquote(address)):
        if form.startswith("//") or "\\" in form or not form.isprintable():
            return otherwise
        try:
            parts = urlsplit(form)
        except ValueError:
            return otherwise
        if parts.scheme or parts.netloc:
            return otherwise
    return address
