"""The seven levels of participation, each as a sentence that a person can hold us to."""

from collections.abc import Mapping

from locales import N_

LEVELS: Mapping[str, str] = {
    "contribution": N_("You give your ideas and what you know."),
    "information_sharing": N_("We tell you what you need to know."),
    "consultation": N_("You tell us your opinion, your ideas and your worries."),
    "cooperation": N_("You help to agree on what matters most."),
    "decision_making": N_("You have a part in the decision."),
    "partnership": N_("You work together with those in charge."),
    "transformation": N_("Migrants decide, and control the means."),
}
"""From the least to the most, after the scale of the QUNO paper; English, marked for the catalogs."""
