"""Which account of Twilio's we use, and where its interfaces are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from channels._settings import matching, required, web_address


@dataclass(frozen=True, slots=True)
class Account:
    sid: str
    tokens: tuple[str, ...] = field(repr=False)
    """The one we sign in with first, then the one that Twilio may still sign with."""
    api: str
    content_api: str
    shared_keys: tuple[str, ...] = field(default=(), repr=False)
    """What Twilio signs with instead of a token where the operator made a shared key for its webhooks."""

    @property
    def messages(self) -> str:
        """The address of its messages."""
        return f"{self.api}/2010-04-01/Accounts/{self.sid}/Messages"


def account(environment: Mapping[str, str]) -> Account:
    required(environment, "TWILIO_ACCOUNT", "TWILIO_TOKEN")
    tokens = environment["TWILIO_TOKEN"], environment.get("TWILIO_TOKEN_OLD", "")
    shared_keys = environment.get("TWILIO_SHARED_KEY", ""), environment.get("TWILIO_SHARED_KEY_OLD", "")
    return Account(
        sid=matching(environment, "TWILIO_ACCOUNT", r"AC[0-9a-fA-F]{32}", "the account's SID: AC and 32 hex digits"),
        tokens=tuple(token for token in tokens if token),
        api=web_address(environment, "TWILIO_API", "https://api.twilio.com"),
        content_api=web_address(environment, "TWILIO_CONTENT_API", "https://content.twilio.com"),
        shared_keys=tuple(key for key in shared_keys if key),
    )
