"""The two sorts of sign-in pages as routes see them: the staff's, and each firm's own for its clients (1.7, 4.9)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from portal_app import routes as paths
from portal_app.domain.actors import Kind
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.sign_in import way_back
from portal_app.http import visitors
from portal_app.http.plain import lead
from portal_app.services.sign_in.accounts import STAFF_ENTRANCE, Entrance, firm_door
from portal_app.services.sign_in.opening import SignedIn
from portal_app.text import N_, _

WHY = {
    "ended": N_("Your session ended. Sign in to go on where you were."),
    "signed_out": N_("You are signed out."),
    "new_address": N_("Your new address is confirmed. Sign in with it."),
    "new_password": N_("Your new password is saved. Sign in with it."),
}
"""Why somebody was led to a sign-in page, by what stands in its address."""


@dataclass(frozen=True)
class Doorway:
    """One sign-in page: who signs in there, its look, and the addresses around it."""

    entrance: Entrance
    letterhead: Letterhead | None = None
    slug: str = ""

    @property
    def kind(self) -> Kind:
        """Staff or client."""
        return self.entrance.kind

    @property
    def is_staff(self) -> bool:
        """Whether staff sign in here."""
        return self.kind is Kind.STAFF

    def url(self, staff_route: str, client_route: str, **query: str) -> str:
        """The page of this side, with what of `query` is not empty."""
        asked = {name: value for name, value in query.items() if value}
        page = paths.to(staff_route if self.is_staff else client_route, firm=self.slug)
        return f"{page}?{urlencode(asked)}" if asked else page

    def login_url(self, **query: str) -> str:
        """The sign-in page."""
        return self.url(paths.STAFF_LOGIN, paths.LOGIN, **query)

    @property
    def start(self) -> str:
        """The first page after signing in."""
        return way_back("", self.kind)

    @property
    def code_url(self) -> str:
        """The second step."""
        return self.url(paths.STAFF_CODE, paths.CODE)

    @property
    def passkey_url(self) -> str:
        """Signing in by a passkey alone."""
        return self.url(paths.STAFF_PASSKEY, paths.PASSKEY)

    @property
    def set_up_url(self) -> str:
        """Setting a second step up within a sign-in."""
        return self.url(paths.STAFF_SET_UP, paths.SET_UP)

    @property
    def again_url(self) -> str:
        """Sends the code again."""
        return self.url(paths.STAFF_CODE_AGAIN, paths.CODE_AGAIN)

    @property
    def forgot_url(self) -> str:
        """Forgotten password."""
        return self.url(paths.STAFF_FORGOT, paths.FORGOT)

    @property
    def links_url(self) -> str:
        """*Send me my links* (6.26); "" for staff, who get none."""
        return "" if self.is_staff else paths.to(paths.MY_LINKS, firm=self.slug)

    def register_url(self, asked: str = "") -> str:
        """*Create an account* (3.7), and on to where the person was going; "" for staff, who are invited."""
        return "" if self.is_staff else self.url(paths.LOGIN, paths.REGISTER, next=self.next_of(asked))

    def next_of(self, asked: str) -> str:
        """Where to after signing in, when it is one of ours and not simply the first page; else "" (4.10)."""
        path = way_back(asked, self.kind)
        return path if asked and path == asked else ""


def doorway(request: Request) -> Doorway:
    """The sign-in page that the path names. Raises `NotFound` for a firm that is none."""
    slug = request.path_params.get("firm")
    if slug is None:
        return Doorway(STAFF_ENTRANCE)
    door = firm_door(visitors.ports_of(request), slug)
    return Doorway(door.entrance, door.letterhead, door.slug)


def unfinished_token(request: Request, door: Doorway) -> str:
    """The unfinished sign-in's cookie, which the gate passes on but counts as nobody."""
    return request.cookies.get(visitors.cookie_name(door.kind.value), "")


def notice(request: Request) -> str:
    """Why the person was led here, in a sentence; "" when they came by themselves."""
    why = WHY.get(request.query_params.get("why", ""))
    return _(why) if why else ""


def welcome(done: SignedIn, response: Response | None = None) -> Response:
    """On to where the person was going, or first `response`, with the cookies of a finished sign-in."""
    response = response or lead(done.next_path)
    visitors.keep(response, done.kind.value, done.token)
    if done.device_token is not None:
        visitors.keep_device(response, done.device_token)
    return response
