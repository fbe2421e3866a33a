"""`python -m bench.signing_in ADDRESS …`: a sign-in for each of these people, without the form, whose password is made
slow on purpose. Prints the cookie of each by address, as JSON."""

import json
import sys
from secrets import token_hex

from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import select

from cycle_tracker.access.services.sessions import begin_session
from cycle_tracker.core import clock
from cycle_tracker.core.extensions import db
from cycle_tracker.models.user import User
from cycle_tracker.web.sessions import TOKEN
from cycle_tracker.web_app import create_app


def cookies(addresses: list[str]) -> dict[str, str]:
    """The cookie of each person, as a browser sends it."""
    app = create_app()
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    if signer is None:
        raise RuntimeError("There is no key to sign a cookie with.")
    with app.app_context():
        people = {user.email: user for user in db.session.scalars(select(User).where(User.email.in_(addresses)))}
        tokens = {
            address: begin_session(people[address], browser="bench", address="", now=clock.now())
            for address in addresses
        }
        db.session.commit()
        name = app.config["SESSION_COOKIE_NAME"]
        return {
            address: f"{name}={signer.dumps({TOKEN: token, '_fresh': True, 'csrf_token': token_hex(20)})}"
            for address, token in tokens.items()
        }


if __name__ == "__main__":
    print(json.dumps(cookies(sys.argv[1:])))
