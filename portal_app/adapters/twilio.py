"""Text messages by Twilio's protocol (2010-04-01), which other providers speak as well, over httpx."""

from __future__ import annotations

from typing import Any, Final

import httpx

from portal_app.ports import TextRefused, TextUnknown
from portal_app.settings import Settings

TIMEOUT: Final = 15.0  # seconds; a code that takes longer is asked for again
TOO_MANY: Final = 429


class TwilioTexter:
    """One message, one request. Nothing connects before the first."""

    def __init__(self, settings: Settings) -> None:
        self._url = f"{settings.sms_url}/2010-04-01/Accounts/{settings.sms_account}/Messages.json"
        self._from = settings.sms_from
        self._auth = httpx.BasicAuth(
            settings.sms_key or settings.sms_account, settings.sms_secret.get_secret_value()
        )

    def send(self, number: str, body: str) -> str:
        """Hand it over; the provider's id of it. Raises `TextRefused` or `TextUnknown`."""
        whose = "MessagingServiceSid" if self._from.startswith("MG") else "From"
        form = {"To": number, whose: self._from, "Body": body}
        try:
            answer = httpx.post(
                self._url, data=form, auth=self._auth, timeout=TIMEOUT, follow_redirects=False
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as fault:
            raise TextRefused(f"no answer from the provider: {fault}", is_final=False) from fault
        except httpx.HTTPError as fault:
            raise TextUnknown(f"the conversation broke: {type(fault).__name__}") from fault
        return _accepted(answer)


def _accepted(answer: httpx.Response) -> str:
    said = _read(answer)
    if answer.is_success:
        if sid := str(said.get("sid") or ""):
            return sid
        raise TextUnknown("the provider accepted without saying what")
    # The words of a refusal may repeat what was sent: its number is enough.
    code = said.get("code") if isinstance(said.get("code"), int) else 0
    text = f"the provider refused: HTTP {answer.status_code}, error {code}"
    is_final = not answer.is_server_error and answer.status_code != TOO_MANY
    raise TextRefused(text, code=answer.status_code, is_final=is_final)


def _read(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
