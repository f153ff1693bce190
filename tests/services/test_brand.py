"""The firm's brand: one logo everywhere, a hero of colour or image, and what is refused (1.4 to 1.6, 10.3)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from portal_app.domain import contrast
from portal_app.domain.actors import Actor, Role
from portal_app.domain.brand import ImageUse
from portal_app.domain.errors import BadInput, NotFound, SignInNeeded, TryLater
from portal_app.models import AuditEntry, BrandFile, BrandImage, Client, Firm
from portal_app.services.firm import brand_images, brand_previews, branding
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.home.home_pages import HomePage, home_page
from portal_app.services.requests.request_pages import request_page
from portal_app.text import use_locale
from portal_app.work import reading
from tests.adapters import pictures
from tests.files.tools import Asked, asked
from tests.world import World

LOGO = pictures.saved(pictures.halves(900, 300), "PNG")
HERO = pictures.saved(pictures.landscape(7, 2000, 1200), "JPEG", quality=90)


@pytest.fixture
def who(world: World) -> Asked:
    return asked(world)


def take(world: World, use: ImageUse, content: bytes, name: str = "image.png", **more: Any) -> Any:
    return brand_images.take_image(world.ports, more.get("actor", world.staff), use, name, content)


def home(world: World, who: Asked) -> HomePage:
    world.give_account(who.contact, world.all(Client)[0])
    return home_page(world.ports, world.signed_in(who.contact))


def head_of(world: World) -> Any:
    with reading(world.ports, Actor.nobody()) as work:
        return letterhead(world.settings, work.session.get_one(Firm, world.firm.id))


def test_1_4_the_name_stands_until_there_is_a_logo_and_then_the_logo_stands_everywhere(
    world: World, who: Asked
) -> None:
    assert (head_of(world).logo.url, home(world, who).logo.url) == ("", "")

    take(world, ImageUse.LOGO, LOGO)

    head = head_of(world)
    assert (head.logo.width, head.logo.height) == (120, 40)
    assert head.logo.url.startswith(world.settings.public_url + "/brand/")
    assert head.logo.srcset.endswith(" 3x")
    assert home_page(world.ports, world.signed_in(who.contact)).logo == head.logo
    assert request_page(world.ports, who.client, who.request.id).logo == head.logo
    assert f'src="{head.logo.url}" alt="Tremblay Ouellet CPA"' in brand_previews.email(
        world.ports, world.staff, "fr"
    )
    assert branding.branding_view(world.ports, world.staff).shown_logo == head.logo


def test_1_4_the_name_may_stand_again_and_the_logo_is_kept_for_later(world: World) -> None:
    take(world, ImageUse.LOGO, LOGO)
    url = head_of(world).logo.url

    assert branding.show_image(world.ports, world.staff, ImageUse.LOGO, is_on=False)
    assert head_of(world).logo.url == ""
    assert not branding.show_image(world.ports, world.staff, ImageUse.LOGO, is_on=False)
    assert branding.show_image(world.ports, world.staff, ImageUse.LOGO, is_on=True)

    assert head_of(world).logo.url == url


def test_1_4_a_logo_that_was_replaced_stays_where_e_mails_point_at_it(world: World) -> None:
    take(world, ImageUse.LOGO, LOGO)
    name = head_of(world).logo.url.rpartition("/")[2]

    take(world, ImageUse.LOGO, pictures.saved(pictures.halves(), "PNG"))

    assert head_of(world).logo.url.rpartition("/")[2] != name
    assert brand_images.open_picture(world.ports, name).media_type == "image/png"
    assert [image.replaced_at is None for image in world.all(BrandImage)] == [False, True]


def test_1_4_the_page_warns_of_a_logo_that_will_look_soft_or_that_nobody_will_see(world: World) -> None:
    take(world, ImageUse.LOGO, LOGO)
    assert branding.branding_view(world.ports, world.staff).logo.warnings == ()

    take(world, ImageUse.LOGO, pictures.saved(pictures.halves(100, 40), "PNG"))
    small = branding.branding_view(world.ports, world.staff).logo
    take(world, ImageUse.LOGO, pictures.saved(pictures.Image.new("RGB", (600, 200), "#ffffff"), "PNG"))
    pale = branding.branding_view(world.ports, world.staff).logo

    assert "look soft" in small.warnings[0]
    assert "600\u00a0×\u00a0120" in small.warnings[0]
    assert len(small.warnings) == 1
    assert "hardly be seen" in pale.warnings[0]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no image that the portal can read"),
        (LOGO[:400], "damaged"),
        (pictures.bomb(), "too many pixels: 25 million"),
        (
            pictures.saved(pictures.halves(30, 10), "PNG"),
            "too small: 30\u00a0×\u00a010 pixels. It needs 40\u00a0×\u00a016",
        ),
    ],
)
def test_1_6_what_cannot_be_used_says_why_and_leaves_nothing(world: World, content: bytes, says: str) -> None:
    with pytest.raises(BadInput, match=re.escape(says)) as refused:
        take(world, ImageUse.LOGO, content)

    assert refused.value.field == "logo"
    assert (world.all(BrandImage), world.all(BrandFile), world.objects.parts) == ([], [], {})
    assert world.get(world.firm).logo_shown_at is None


def test_1_6_what_is_wrong_is_said_in_the_language_of_whoever_asks(world: World) -> None:
    with use_locale("fr"), pytest.raises(BadInput, match="PNG, JPEG, WebP ou HEIC"):
        take(world, ImageUse.LOGO, b"%PDF-1.7")


def test_10_3_pictures_lie_sealed_and_moved_ones_do_not_open(world: World) -> None:
    take(world, ImageUse.LOGO, LOGO)
    files = world.all(BrandFile)

    assert len(world.objects.parts) == len(files)
    assert not any(b"PNG" in sealed[:64] for sealed in world.objects.parts.values())
    one, other = files[0].object_key, files[1].object_key
    world.objects.parts[one] = world.objects.parts[other]
    with pytest.raises(ValueError):
        brand_images.open_picture(world.ports, files[0].name)


def test_1_5_an_image_takes_the_place_of_the_colour_in_sizes_for_phone_and_desk(
    world: World, who: Asked
) -> None:
    assert home(world, who).hero == ""

    take(world, ImageUse.HERO, HERO, name="../Façade\u202e.jpg")

    html = home_page(world.ports, world.signed_in(who.contact)).hero
    assert re.findall(r'<source type="image/(\w+)"( media="[^"]+")?', html) == [
        ("avif", ' media="(max-width:767px)"'),
        ("jpeg", ' media="(max-width:767px)"'),
        ("avif", ""),
        ("jpeg", ""),
    ]
    assert 'width="2000" height="1200" alt=""' in html
    phone = [file for file in world.all(BrandFile) if file.width <= 960]
    assert sorted((file.kind, file.width) for file in phone) == [
        *(("avif", 480), ("avif", 960)),
        *(("jpeg", 480), ("jpeg", 960)),
    ]
    assert all(file.size <= 120_000 for file in phone)
    assert set(re.findall(r"/brand/[0-9a-f]{32}\.\w+", html)) == {
        f"/brand/{file.name}" for file in world.all(BrandFile)
    }
    assert branding.branding_view(world.ports, world.staff).hero.name == "Façade.jpg"


def test_1_5_the_veil_follows_the_focal_point_and_the_text_reads_by_day_and_by_night(
    world: World, who: Asked
) -> None:
    image = pictures.Image.new("RGB", (1600, 1600), "#ffffff")
    image.paste((10, 10, 10), (0, 0, 1600, 800))
    take(world, ImageUse.HERO, pictures.saved(image, "PNG"))
    middle = home(world, who).accent_css
    assert "--hero-at:50% 50%" in middle
    assert "--hero-ink:#ffffff;--hero-veil:rgb(16 32 31/61%)" in middle

    assert branding.place_focus(world.ports, world.staff, 50, 100)
    below = home_page(world.ports, world.signed_in(who.contact)).accent_css
    assert not branding.place_focus(world.ports, world.staff, 50, 100)

    assert "--hero-at:50% 100%" in below
    desk = below.index("@media(min-width:1024px)")
    assert "--hero-veil:rgb(251 250 247/0%)" in below[desk:], "white needs nothing above it by day"
    assert "@media(prefers-color-scheme:dark)" in below
    assert "--hero-ink:#ffffff" in below[below.index("prefers-color-scheme:dark", desk) :]


def test_1_5_a_preset_is_chosen_with_its_contrast_said(world: World, who: Asked) -> None:
    take(world, ImageUse.HERO, HERO)
    view = branding.branding_view(world.ports, world.staff)
    assert len(view.colours) >= 8
    for swatch in view.colours:
        reached = contrast.ratio((255, 255, 255), contrast.colour(swatch.colour))
        assert swatch.text == f"{swatch.name}: white text at {reached:.1f}:1".replace(".0:1", ":1")

    assert branding.choose_colour(world.ports, world.staff, "prune")
    assert not branding.choose_colour(world.ports, world.staff, "prune")
    branding.show_image(world.ports, world.staff, ImageUse.HERO, is_on=False)

    page = home(world, who)
    assert "--hero:#57344f" in page.accent_css
    assert (page.hero, "--hero-veil" in page.accent_css) == ("", False)


def test_1_16_the_brand_is_for_admins_and_each_firm_has_its_own(world: World) -> None:
    take(world, ImageUse.LOGO, LOGO)
    member, admin = world.new_staff("Nadia Benali"), world.new_staff("Alain Roy", role=Role.ADMIN)
    elsewhere = world.new_staff("Rita Cole", role=Role.OWNER, firm=world.new_firm("Other CPA", slug="other"))
    doings: list[Any] = [
        lambda actor: take(world, ImageUse.LOGO, LOGO, actor=actor),
        lambda actor: branding.branding_view(world.ports, actor),
        lambda actor: branding.choose_colour(world.ports, actor, "prune"),
        lambda actor: branding.show_image(world.ports, actor, ImageUse.LOGO, is_on=False),
        lambda actor: branding.place_focus(world.ports, actor, 1, 1),
        lambda actor: brand_previews.home(world.ports, actor),
        lambda actor: brand_previews.email(world.ports, actor, "fr"),
    ]
    for do in doings:
        with pytest.raises(NotFound):
            do(world.actor(member))
        with pytest.raises(SignInNeeded):
            do(Actor.nobody())

    assert branding.branding_view(world.ports, world.actor(elsewhere)).logo.url == ""
    assert not branding.show_image(world.ports, world.actor(elsewhere), ImageUse.LOGO, is_on=False)
    assert branding.show_image(world.ports, world.actor(admin), ImageUse.LOGO, is_on=False)


def test_1_5_what_was_never_uploaded_cannot_be_shown(world: World) -> None:
    for do in (
        lambda: branding.show_image(world.ports, world.staff, ImageUse.HERO, is_on=True),
        lambda: branding.place_focus(world.ports, world.staff, 1, 1),
    ):
        with pytest.raises(BadInput, match="Upload an image first"):
            do()


def test_asvs_53_each_change_of_the_brand_is_in_the_log(world: World) -> None:
    take(world, ImageUse.HERO, HERO)
    branding.choose_colour(world.ports, world.staff, "ocre")
    branding.place_focus(world.ports, world.staff, 20, 30)

    facts = [entry.facts for entry in world.all(AuditEntry) if entry.action == "brand:changed"]

    assert [fact["fields"] for fact in facts] == ["hero", "accent", "focus"]
    assert (facts[2]["x"], facts[2]["y"]) == ("20", "30")


def test_1_6_a_firm_has_so_many_images_decoded_an_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(brand_images, "AT_MOST", "1/hour")
    with pytest.raises(BadInput):
        take(world, ImageUse.LOGO, b"")
    with pytest.raises(TryLater) as refused:
        take(world, ImageUse.LOGO, LOGO)
    assert refused.value.until > world.clock.now()
    assert world.all(BrandImage) == []
