"""What stands in the addresses of the console in place of an id, so that it leads to nothing that is there."""

FOREIGN = {"language": "fr"}
"""By the name of the part; of all others it is an id that nobody has."""
