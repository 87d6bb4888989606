"""What can become of something that a person gave, each state as a sentence."""

from collections.abc import Mapping

from locales import N_
from storage.states import ResponseState

STATES: Mapping[ResponseState, str] = {
    ResponseState.RECEIVED: N_("It has arrived."),
    ResponseState.READ: N_("It has been read."),
    ResponseState.CONSIDERED: N_("It is being considered."),
    ResponseState.TAKEN_UP: N_("It was taken up."),
    ResponseState.TAKEN_UP_IN_PART: N_("A part of it was taken up."),
    ResponseState.NOT_TAKEN_UP: N_("It was not taken up."),
}
"""English, marked for the catalogs."""
