"""How rules are tried out."""

import hypothesis

# A busy machine is no counterexample.
hypothesis.settings.register_profile("steady", deadline=None)
hypothesis.settings.load_profile("steady")
