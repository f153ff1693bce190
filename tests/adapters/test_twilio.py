"""Text messages by Twilio's protocol, against a small server that speaks it."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from portal_app.adapters import twilio
from portal_app.adapters.twilio import TwilioTexter
from portal_app.ports import TextRefused, TextUnknown
from portal_app.settings import Settings, faults

ACCOUNT, SECRET, NUMBER = "AC" + "0" * 32, "s3cret-of-the-key", "+14185550142"


@dataclass
class Provider:
    """What it got, and what it answers: a status and a body, or nothing at all."""

    url: str = ""
    got: list[dict[str, Any]] = field(default_factory=list)
    answer: tuple[int, Any] | None = (201, {"sid": "SM1", "status": "queued"})


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A server on this machine."""
    kept = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            auth = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
            kept.got.append({"path": self.path, "form": form, "auth": auth})
            if kept.answer is None:
                self.connection.close()
                return
            status, said = kept.answer
            content = said.encode() if isinstance(said, str) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield kept
    server.shutdown()
    server.server_close()
    thread.join()


def settings(url: str, **more: Any) -> Settings:
    chosen = {"sms_account": ACCOUNT, "sms_secret": SECRET, "sms_from": "+14185550100"} | more
    return Settings(_env_file=None, demo=True, sms_url=url, **chosen)


def test_a_message_is_one_form_for_the_account(provider: Provider) -> None:
    texter = TwilioTexter(settings(provider.url, sms_key="SK1"))
    assert texter.send(NUMBER, "042137 est votre code, reçu à l’heure") == "SM1"
    [got] = provider.got
    assert got["path"] == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert got["auth"] == f"SK1:{SECRET}"
    assert got["form"] == {
        "To": NUMBER,
        "From": "+14185550100",
        "Body": "042137 est votre code, reçu à l’heure",
    }


def test_a_messaging_service_sends_by_its_own_name(provider: Provider) -> None:
    TwilioTexter(settings(provider.url, sms_from="MG" + "a" * 32)).send(NUMBER, "1")
    assert provider.got[0]["form"]["MessagingServiceSid"] == "MG" + "a" * 32
    assert "From" not in provider.got[0]["form"]
    assert provider.got[0]["auth"].startswith(ACCOUNT)


@pytest.mark.parametrize(
    ("status", "said", "is_final"),
    [
        (400, {"code": 21211, "message": f"The 'To' number {NUMBER} is not valid.", "status": 400}, True),
        (401, {"code": 20003, "message": "Authenticate", "status": 401}, True),
        (429, {"code": 20429, "message": "Too Many Requests", "status": 429}, False),
        (503, "<html>Service Unavailable</html>", False),
        (500, "[]", False),
    ],
)
def test_a_refusal_waits_or_is_final_and_repeats_no_number(
    provider: Provider, status: int, said: Any, is_final: bool
) -> None:
    provider.answer = (status, said)
    with pytest.raises(TextRefused) as refusal:
        TwilioTexter(settings(provider.url)).send(NUMBER, "1")
    assert (refusal.value.is_final, refusal.value.code) == (is_final, status)
    assert NUMBER not in refusal.value.text


@pytest.mark.parametrize("answer", [None, (201, "not json"), (201, {})])
def test_what_may_have_been_taken_is_of_unknown_outcome(provider: Provider, answer: Any) -> None:
    provider.answer = answer
    with pytest.raises(TextUnknown):
        TwilioTexter(settings(provider.url)).send(NUMBER, "1")


def test_where_nobody_answers_nothing_was_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio, "TIMEOUT", 2.0)
    with pytest.raises(TextRefused) as refusal:
        TwilioTexter(settings("http://127.0.0.1:9")).send(NUMBER, "1")
    assert not refusal.value.is_final


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"sms_secret": ""}, "PORTAL_SMS_SECRET is not set"),
        ({"sms_from": "418 555"}, "PORTAL_SMS_FROM is a number"),
        ({"sms_url": "http://sms.example"}, "PORTAL_SMS_URL reaches another machine in the clear"),
    ],
)
def test_15_4_settings_that_would_not_do_stop_the_start(more: dict[str, str], said: str) -> None:
    given = {"sms_account": ACCOUNT, "sms_secret": SECRET, "sms_from": NUMBER} | more
    assert any(said in fault for fault in faults(Settings(_env_file=None, demo=False, **given)))
