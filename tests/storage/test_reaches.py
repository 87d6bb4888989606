"""What storage asks of an address is said in the words of the platforms' verdicts, which it may not import."""

from channels.verdicts import Reach
from storage import reaches


def test_storage_names_a_reach_as_the_verdicts_do() -> None:
    words = {name: word for name, word in vars(reaches).items() if name.isupper()}
    assert words
    assert words.items() <= {reach.name: reach.value for reach in Reach}.items()
