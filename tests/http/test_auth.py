"""Sign-in pages in a browser, through the real gate: cookies, answers, ways back (section 4, rows 6, 7, 16, 17, 34)."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from portal_app.domain.actors import Role
from portal_app.http import visitors
from portal_app.models import Contact, SignInSession
from portal_app.services.firm import settings_views
from portal_app.settings import Settings
from tests.signing import browser, latest_code, mails, wrong_code
from tests.world import PASSWORD, World

SIGN_IN, CODE, AGAIN, OUT = "/staff/login", "/staff/login/code", "/staff/login/again", "/staff/logout"


def shown(response: object) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", response.text))


def step_one(page: TestClient, world: World, **more: str) -> object:
    return page.post(SIGN_IN, data={"email": world.owner.email, "password": PASSWORD, **more})


def signed_in(world: World, **more: str) -> TestClient:
    page = browser(world)
    step_one(page, world)
    page.post(CODE, data={"code": latest_code(world), **more})
    return page


def with_account(world: World) -> str:
    client = world.new_client()
    contact = world.new_contact(client)
    world.give_account(contact, client)
    return contact.email


def test_staff_give_the_address_first_then_the_password_then_a_code(world: World) -> None:
    page = browser(world)
    assert "E-mail address" in shown(page.get(SIGN_IN))
    asked = page.post(SIGN_IN, data={"email": world.owner.email})
    assert asked.status_code == 200
    assert 'type="password"' in asked.text
    assert 'autocomplete="current-password"' in asked.text

    first = step_one(page, world)
    assert (first.status_code, first.headers["location"]) == (303, CODE)
    assert "s…t@tremblay.example" in shown(page.get(CODE))

    done = page.post(CODE, data={"code": latest_code(world)})
    assert (done.status_code, done.headers["location"]) == (303, "/staff")


def test_1_2_the_password_page_is_the_same_for_an_unknown_address(world: World) -> None:
    bodies = {
        browser(world).post(SIGN_IN, data={"email": email}).text.replace(email, "X")
        for email in (world.owner.email, "nobody@x.example")
    }
    assert len(bodies) == 1


def test_asvs_6_wrong_password_unknown_address_and_too_many_tries_give_one_answer(world: World) -> None:
    def answer(email: str) -> tuple[int, str, tuple[str, ...]]:
        response = browser(world).post(SIGN_IN, data={"email": email, "password": "wrong horse"})
        return response.status_code, response.text.replace(email, "X"), tuple(sorted(response.headers))

    answers = {answer(world.owner.email) for _ in range(12)} | {answer("nobody@x.example")}
    assert len(answers) == 1
    [(status, body, _headers)] = answers
    assert status == 422
    assert "The address or the password does not match." in body


def test_asvs_6_a_firms_sign_in_page_gives_one_answer_too(world: World) -> None:
    known = with_account(world)
    answers = set()
    for email in (known, "nobody@x.example"):
        response = browser(world).post("/f/tremblay/login", data={"email": email, "password": "wrong horse"})
        answers.add((response.status_code, response.text.replace(email, "X")))
    assert len(answers) == 1


def test_what_was_typed_stays_but_never_the_password(world: World) -> None:
    page = browser(world)
    response = page.post("/f/tremblay/login", data={"email": "m@x.example", "password": "tell-nobody-this"})
    assert 'value="m@x.example"' in response.text
    assert "tell-nobody-this" not in response.text
    response = page.post(SIGN_IN, data={"email": "not an address"})
    assert response.status_code == 422
    assert "This is not an e-mail address" in shown(response)
    assert 'aria-describedby="email-wrong"' in response.text


def test_asvs_16_the_cookie_changes_at_each_step_and_before_the_code_opens_nothing(world: World) -> None:
    page = browser(world)
    step_one(page, world)
    first = page.cookies["staff"]
    assert page.get("/staff/account/confirm").headers["location"].startswith(SIGN_IN)

    page.post(CODE, data={"code": latest_code(world)})
    assert page.cookies["staff"] != first
    assert page.get("/staff/account/confirm").status_code == 200

    stolen = browser(world)
    stolen.cookies.set("staff", first, domain="localhost.local")
    assert stolen.get("/staff/account/confirm").status_code == 303


def test_asvs_17_cookies_are_http_only_and_lax(world: World) -> None:
    page = browser(world)
    step_one(page, world)
    done = page.post(CODE, data={"code": latest_code(world)})
    cookies = {line.partition("=")[0]: line for line in done.headers.get_list("set-cookie")}
    assert cookies.keys() == {"staff", "device"}
    for line in cookies.values():
        assert {"HttpOnly", "SameSite=lax", "Path=/"} <= {part.strip() for part in line.split(";")}
        assert "Secure" not in line
        assert "Domain" not in line


def test_asvs_17_on_https_cookies_are_secure_and_bound_to_the_host(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    https = Settings(
        _env_file=None, demo=True, public_url="https://portal.example.com", data_dir=world.settings.data_dir
    )
    world.settings = https
    object.__setattr__(world.ports, "settings", https)
    monkeypatch.setattr(visitors, "settings", lambda: https)
    page = browser(world)
    step_one(page, world)
    done = page.post(CODE, data={"code": latest_code(world)})
    for line in done.headers.get_list("set-cookie"):
        assert line.startswith(("__Host-staff=", "__Host-device="))
        assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in line.split(";")}
        assert "Domain" not in line
    assert page.get("/staff/account/confirm").status_code == 200


def test_asvs_17_signing_in_as_one_kind_leaves_the_others(world: World) -> None:
    email = with_account(world)
    page = signed_in(world)
    staff = page.cookies["staff"]
    page.post("/f/tremblay/login", data={"email": email, "password": PASSWORD})
    done = page.post("/f/tremblay/login/code", data={"code": latest_code(world)})
    assert done.headers["location"] == "/home"
    assert page.cookies["staff"] == staff
    assert page.cookies["client"]
    assert "set-cookie: device" not in str(done.headers).lower()  # one browser, one device
    page.post("/f/tremblay/logout")
    assert page.get("/staff/account/confirm").status_code == 200


def test_a_wrong_code_is_said_beside_the_field_and_remember_stays_ticked(world: World) -> None:
    page = browser(world)
    step_one(page, world)
    response = page.post(CODE, data={"code": wrong_code(world), "remember": "yes"})
    assert response.status_code == 422
    assert 'id="code-wrong"' in response.text
    assert re.search(r'name="remember" value="yes" checked', response.text)


def test_after_three_wrong_codes_the_page_offers_a_new_one(world: World) -> None:
    page = browser(world)
    step_one(page, world)
    for _ in range(3):
        page.post(CODE, data={"code": wrong_code(world)})
    assert "There is no code that works now" in shown(page.get(CODE))
    again = page.post(AGAIN)
    assert again.headers["location"] == f"{CODE}?sent=again"
    assert "A new code is on its way." in shown(page.get(again.headers["location"]))
    assert page.post(CODE, data={"code": latest_code(world)}).headers["location"] == "/staff"


def test_too_many_codes_say_when_to_come_back(world: World) -> None:
    page = browser(world)
    step_one(page, world)
    answers = [page.post(AGAIN) for _ in range(6)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "Too many tries." in shown(answers[-1])


def test_4_4_a_remembered_browser_goes_straight_in(world: World) -> None:
    page = signed_in(world, remember="yes")
    page.post(OUT)
    again = step_one(page, world)
    assert again.headers["location"] == "/staff"
    assert page.get("/staff/account/confirm").status_code == 200


def test_4_6_signing_out_ends_the_session_on_the_server(world: World) -> None:
    page = signed_in(world)
    cookie = page.cookies["staff"]
    assert "Sign out" in shown(page.get(OUT))
    assert page.get("/staff/account/confirm").status_code == 200  # opening the address changed nothing

    out = page.post(OUT)
    assert out.headers["location"].startswith(SIGN_IN)
    assert "staff" not in page.cookies
    assert all(row.ended_at is not None for row in world.all(SignInSession))
    assert "You are signed out." in shown(page.get(out.headers["location"]))
    page.cookies.set("staff", cookie, domain="localhost.local")
    assert page.get("/staff/account/confirm").status_code == 303


def test_4_10_sign_in_leads_back_to_the_same_place(world: World) -> None:
    page = browser(world)
    place = "/staff/work?status=open"
    asked = page.get(SIGN_IN, params={"next": place, "why": "ended"})
    assert "Your session ended." in shown(asked)
    assert f'name="next" value="{place}"' in asked.text
    asked = page.post(SIGN_IN, data={"email": world.owner.email, "next": place})
    assert f'name="next" value="{place}"' in asked.text
    step_one(page, world, next=place)
    assert page.post(CODE, data={"code": latest_code(world)}).headers["location"] == place


@pytest.mark.parametrize(
    "place", ["https://evil.example", "//evil.example", "/\\evil.example", "/home", "javascript:x"]
)
def test_asvs_37_no_way_back_leads_out(world: World, place: str) -> None:
    page = browser(world)
    assert (
        "evil"
        not in page.get(SIGN_IN, params={"next": place}).text.partition("<main")[2].partition("</main")[0]
    )
    step_one(page, world, next=place)
    assert page.post(CODE, data={"code": latest_code(world)}).headers["location"] == "/staff"


@pytest.mark.parametrize("path", [CODE, "/f/tremblay/login/code"])
def test_the_second_step_without_the_first_leads_to_the_first(world: World, path: str) -> None:
    page = browser(world)
    for response in (page.get(path), page.post(path, data={"code": "123456"})):
        assert response.status_code == 303
        assert response.headers["location"] == f"{path.removesuffix('/code')}?why=ended"


def test_who_is_signed_in_and_comes_by_themselves_goes_on(world: World) -> None:
    page = signed_in(world)
    assert page.get(SIGN_IN).headers["location"] == "/staff"
    assert page.get(SIGN_IN, params={"next": "/staff/work"}).status_code == 200


def test_4_9_signed_in_at_one_firm_is_not_signed_in_at_another(world: World) -> None:
    email = with_account(world)
    world.new_firm("Roy CPA", slug="roy")
    page = browser(world)
    page.post("/f/tremblay/login", data={"email": email, "password": PASSWORD})
    page.post("/f/tremblay/login/code", data={"code": latest_code(world)})
    assert page.get("/f/tremblay/login").headers["location"] == "/home"
    assert page.get("/f/roy/login").status_code == 200


def test_1_7_the_page_bears_the_firms_brand(world: World) -> None:
    page = browser(world).get("/f/tremblay/login")
    assert "Tremblay Ouellet CPA" in shown(page)
    assert browser(world).get("/f/nobody/login").status_code == 404
    assert browser(world).get("/f/nobody/login/code").status_code == 404


def test_1_7_the_address_in_the_settings_is_this_firms_and_opens_from_a_bookmark_or_another_site(
    world: World,
) -> None:
    other = world.new_firm("Roy CPA", slug="roy")
    owner = world.actor(world.new_staff("Rita Roy", role=Role.OWNER, firm=other))
    pages = {}
    for firm, actor in ((world.firm, world.staff), (other, owner)):
        address = settings_views.settings_view(world.ports, actor).sign_in_url
        assert address == f"{world.settings.public_url}/f/{firm.slug}/login"
        pages[firm.name] = [
            browser(world).get(address),
            browser(world).get(
                address, headers={"Referer": "https://roy.example/", "Sec-Fetch-Site": "cross-site"}
            ),
        ]

    for name, answers in pages.items():
        (strange,) = set(pages) - {name}
        for answer in answers:
            assert (answer.status_code, len(answer.history)) == (200, 0)
            assert name in re.findall(r"<title>(.*?)</title>", answer.text)[0]
            assert strange not in answer.text


def test_asvs_34_another_site_cannot_post(world: World) -> None:
    page = browser(world)
    for origin in ("https://evil.example", "http://localhost:9999"):
        response = page.post(
            SIGN_IN, data={"email": world.owner.email, "password": PASSWORD}, headers={"Origin": origin}
        )
        assert response.status_code == 403
    assert mails(world, "sign_in_code") == []


def test_asvs_38_links_in_e_mails_do_not_follow_the_host_header(world: World) -> None:
    from tests.signing import text_of

    page = browser(world)
    page.post("/staff/forgot", data={"email": world.owner.email}, headers={"Host": "evil.example"})
    [mail] = mails(world, "password_reset")
    assert world.settings.public_url + "/staff/reset/" in text_of(world, mail)
    assert "evil" not in text_of(world, mail)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"email=" + b"x" * 80_000, "application/x-www-form-urlencoded", 413),
        (b'{"email": "x@x.example"}', "application/json", 415),
        (b"&".join(b"a%d=1" % n for n in range(200)), "application/x-www-form-urlencoded", 413),
        (b"email=%00%00", "application/x-www-form-urlencoded", 422),
        (b"email=%ff%fe@x.example&password=%ff", "application/x-www-form-urlencoded", 422),
        (b"", "application/x-www-form-urlencoded", 422),
    ],
)
def test_a_body_that_is_no_form_of_ours_is_refused_calmly(
    world: World, body: bytes, kind: str, status: int
) -> None:
    response = browser(world).post(SIGN_IN, content=body, headers={"Content-Type": kind})
    assert response.status_code == status
    assert status != 413 or "Make it shorter" in response.text


def test_a_long_password_passes_the_form(world: World) -> None:
    long = "字" * 1000
    world.change(world.owner, password_hash=world.ports.passwords.hash(long))
    page = browser(world)
    assert page.post(SIGN_IN, data={"email": world.owner.email, "password": long}).headers["location"] == CODE


def test_pages_are_in_the_readers_language(world: World) -> None:
    page = browser(world, **{"Accept-Language": "fr-CA"})
    assert "Se connecter" in shown(page.get("/f/tremblay/login"))
    response = page.post("/f/tremblay/login", data={"email": "m@x.example", "password": "faux"})
    assert "ne correspond pas" in shown(response)


def test_12_1_the_language_switch_is_kept_and_comes_back_here(world: World) -> None:
    page = browser(world)
    switched = page.get("/language/fr", params={"next": "/f/tremblay/login"})
    assert (switched.status_code, switched.headers["location"]) == (303, "/f/tremblay/login")
    assert "Mot de passe oublié" in shown(page.get("/f/tremblay/login"))
    assert page.get("/language/fr", params={"next": "//evil.example"}).headers["location"] == "/"
    assert page.get("/language/de").status_code == 404


def test_12_1_a_choice_made_signed_in_is_the_persons_and_a_get_changes_nobody(world: World) -> None:
    page = signed_in(world)
    page.get("/language/fr", params={"next": "/staff/work"})
    assert world.get(world.owner).locale == "en"
    assert page.post("/language/fr", data={"next": "/staff/work"}).headers["location"] == "/staff/work"
    assert world.get(world.owner).locale == "fr"
    browser(world).post("/language/en", data={"next": "/staff"})
    assert world.get(world.owner).locale == "fr"


def test_12_1_a_clients_choice_is_the_contacts(world: World) -> None:
    email = with_account(world)
    page = browser(world)
    page.post("/f/tremblay/login", data={"email": email, "password": PASSWORD})
    page.post("/f/tremblay/login/code", data={"code": latest_code(world)})
    page.post("/language/fr", data={"next": "/home"})
    assert [contact.locale for contact in world.all(Contact)] == ["fr"]
    assert world.get(world.owner).locale == "en"


def test_2_14_switching_the_portal_off_ends_clients_sessions_at_the_next_event(world: World) -> None:
    email = with_account(world)
    page = browser(world)
    page.post("/f/tremblay/login", data={"email": email, "password": PASSWORD})
    page.post("/f/tremblay/login/code", data={"code": latest_code(world)})
    world.change(world.firm, portal_on_at=None)
    assert page.get("/f/tremblay/login").status_code == 200  # not led on: nobody is signed in
    world.change(world.firm, portal_on_at=world.clock.now())
    assert page.get("/f/tremblay/login").headers["location"] == "/home"


def test_9_7_help_needs_no_signing_in(world: World) -> None:
    page = browser(world)
    assert page.get("/f/tremblay/help").status_code == 200
    assert "/f/tremblay/help" in page.get("/f/tremblay/login").text
    assert page.get("/f/nobody/help").status_code == 404


@pytest.mark.parametrize("path", [SIGN_IN, "/f/tremblay/login", "/staff/forgot", "/f/tremblay/forgot"])
def test_pages_are_kept_by_nobody_and_need_no_script(world: World, path: str) -> None:
    response = browser(world).get(path)
    assert response.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "<script" not in response.text


@pytest.mark.parametrize(
    ("language", "names"),
    [("en", ["Sign in", "Forgot password"]), ("fr", ["Se connecter", "Mot de passe oublié"])],
)
def test_16_buttons_and_links_bear_their_names(world: World, language: str, names: list[str]) -> None:
    page = browser(world, **{"Accept-Language": language}).get("/f/tremblay/login").text
    assert re.search(rf"<button[^>]*>{names[0]}</button>", page)
    assert re.search(rf"<a[^>]*>{names[1]}</a>", page)
