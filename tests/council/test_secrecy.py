"""What is told of counts shows nobody what all the others chose."""

import pytest

from council import LEAST_COUNTED, tellable
from council._secrecy import HIDDEN

VOTERS = range(1, 40)


@pytest.mark.parametrize("voters", VOTERS)
def test_a_count_lies_in_what_is_told_of_it(voters: int) -> None:
    for count in range(voters + 1):
        span = tellable(count, voters)
        assert (span is None) == (voters < LEAST_COUNTED)
        assert span is None or count in span


@pytest.mark.parametrize("voters", VOTERS)
@pytest.mark.parametrize("own", [0, 1])
def test_no_voter_learns_that_all_the_others_chose_the_same(voters: int, own: int) -> None:
    """`own`: whether this voter chose it. What they can work out: every count that would have been told the same."""
    for count in range(own, voters + own):
        span = tellable(count, voters)
        alike = [other - own for other in range(own, voters + own) if tellable(other, voters) == span]
        assert any(0 < others < voters - 1 for others in alike) or voters <= 2


@pytest.mark.parametrize("voters", VOTERS)
def test_what_lies_between_is_told_exactly(voters: int) -> None:
    for count in range(HIDDEN + 1, voters - HIDDEN):
        assert tellable(count, voters) == range(count, count + 1)
