"""Which account of Twilio's we use, and where its interfaces are."""

from dataclasses import dataclass, field

from channels._senders import Settings
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


def account(settings: Settings) -> Account:
    required(settings, "TWILIO_ACCOUNT", "TWILIO_TOKEN")
    tokens = settings.get("TWILIO_TOKEN"), settings.get("TWILIO_TOKEN_OLD")
    shared_keys = settings.get("TWILIO_SHARED_KEY"), settings.get("TWILIO_SHARED_KEY_OLD")
    return Account(
        sid=matching(settings, "TWILIO_ACCOUNT", r"AC[0-9a-fA-F]{32}", "the account's SID: AC and 32 hex digits"),
        tokens=tuple(token for token in tokens if token),
        api=web_address(settings, "TWILIO_API", "https://api.twilio.com"),
        content_api=web_address(settings, "TWILIO_CONTENT_API", "https://content.twilio.com"),
        shared_keys=tuple(key for key in shared_keys if key),
    )
