"""By what a Hearback and the fake platforms know each other."""

TELEGRAM_TOKEN = "7001001:AAdemo-only-nobody-else-takes-this-one"  # noqa: S105 opens nothing but the fake platform
TELEGRAM_SECRET = TWILIO_TOKEN = "demo-only-nobody-else-takes-this-one"  # noqa: S105 the same
TWILIO_ACCOUNT = "AC" + "0" * 32
SMS, WHATSAPP = "+15005550006", "whatsapp:+15005550009"
