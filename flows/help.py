"""Who we are, which words work, and where a human is."""

from flows._engine.facts import Facts
from flows._engine.talks import Say, Talk
from flows._engine.words import to_send
from flows._texts.renditions import named
from locales import N_, _

# To translators: one word that people send, different from every other such word. Others after a "|" are heard too.
words = (N_("help"),)
anywhere = True

TOLD = ("menu", "share", "status", "language", "stop", "forget")
"""The flows whose words are told, in this order. MENU leads to those that it offers."""
UNTOLD = {"help": "they have just sent it", "start": "STOP says how to come back", "seat": "who takes a seat is told"}
"""Why not of others that are heard anywhere, or that the menu does not offer."""


def talk(facts: Facts) -> Talk:
    process = facts.process
    organizer, title = named(facts, process.organizer), named(facts, process.title)
    # To translators: {organizer} is a name, {title} the name of a meeting or a review.
    yield Say(_("This is {organizer}, for: {title}.", organizer=organizer, title=title))
    # To translators: what stands between the words of a list.
    known = _(", ").join(to_send(word) for word in TOLD)
    # To translators: {words} is a list of the words that people send.
    yield Say(_("You can send these words: {words}. Send 0 to go back.", words=known))
    if process.contact:
        yield Say(_("You can reach a person here: {contact}", contact=named(facts, process.contact)))
