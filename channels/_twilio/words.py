"""The words that Twilio acts on before we see them, unless the operator has chosen others."""

from channels.carriers import Reserved, ReservedWords

RESERVED_WORDS: ReservedWords = {
    **dict.fromkeys(
        ("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "arret", "arrett", "arrete"),
        Reserved.STOP,
    ),
    **dict.fromkeys(("start", "unstop"), Reserved.START),
    "yes": Reserved.START_AFTER_STOP,
    **dict.fromkeys(("help", "info"), Reserved.HELP),
}
