"""What can become of something that a person gave, and of what was said about it, each state as a sentence."""

from collections.abc import Mapping

from locales import N_
from storage.states import ResponseState, ResultState

STATES: Mapping[ResponseState, str] = {
    ResponseState.RECEIVED: N_("It has arrived."),
    ResponseState.READ: N_("It has been read."),
    ResponseState.CONSIDERED: N_("It is being considered."),
    ResponseState.TAKEN_UP: N_("It was taken up."),
    ResponseState.TAKEN_UP_IN_PART: N_("A part of it was taken up."),
    ResponseState.NOT_TAKEN_UP: N_("It was not taken up."),
}
RESULTS: Mapping[ResultState, str] = {
    ResultState.IN_DRAFT: N_("It stands in a draft now."),
    ResultState.ADOPTED: N_("It was adopted."),
    ResultState.DONE: N_("It is done."),
    ResultState.DROPPED: N_("It will not be done after all."),
}
"""English, marked for the catalogs, as the others."""
