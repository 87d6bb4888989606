"""What each program would take its time to import or to read anew: done once, before any is forked."""

from importlib import import_module

import channels
import flows
from demo.platforms.both import settings
from locales import languages, own_name, speaking

MODULES = (
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "tests.programs.life",
    "twilio.rest.api",
)
NOWHERE = "http://127.0.0.1:9"

for module in MODULES:
    import_module(module)
channels.from_settings(settings(NOWHERE, NOWHERE))
for language in languages():
    with speaking(language):
        own_name(language)
        flows.flows()
