"""What each program would take its time to import or to read anew: done once, before any is forked."""

from importlib import import_module

import channels
import flows
from locales import languages, own_name, speaking

MODULES = (
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "tests.chaos.life",
    "twilio.rest.api",
)
ACCOUNT = {
    "PUBLIC_URL": "http://127.0.0.1",
    "TELEGRAM_TOKEN": "1:a",
    "TELEGRAM_SECRET": "a" * 16,
    "TWILIO_ACCOUNT": "AC" + "0" * 32,
    "TWILIO_TOKEN": "0" * 32,
    "SMS_FROM": "+15005550006",
    "WHATSAPP_FROM": "whatsapp:+15005550009",
}

for module in MODULES:
    import_module(module)
channels.from_settings(ACCOUNT)
for one in languages():
    with speaking(one):
        own_name(one)
        flows.flows()
