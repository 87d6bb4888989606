"""What can become of something that a person gave, each state as a sentence."""

from collections.abc import Mapping

from locales import N_

STATES: Mapping[str, str] = {
    "received": N_("It has arrived."),
    "read": N_("It has been read."),
    "considered": N_("It is being considered."),
    "taken_up": N_("It was taken up."),
    "taken_up_in_part": N_("A part of it was taken up."),
    "not_taken_up": N_("It was not taken up."),
}
"""In the order in which they can happen; English, marked for the catalogs."""
