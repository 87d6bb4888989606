"""Every channel there is, made from settings that lead nowhere."""

from collections.abc import Mapping
from functools import cache

from channels import Channel, from_settings
from tests.channels.conftest import environment

NOWHERE = "http://127.0.0.1:1"
PATIENT = {"SMS_REPLIES": "240", "WHATSAPP_REPLIES": "240"}
"""As many answers an hour as on Telegram: more than a test asks for by the way."""


@cache
def every_channel() -> Mapping[str, Channel]:
    return from_settings(environment(NOWHERE) | PATIENT)
