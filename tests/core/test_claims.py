"""What a link claims, and what is believed of it."""

from p2psketch.claims import Claims
from tests.core.authors import ANN, BEN


def test_only_what_is_more_than_before_is_news() -> None:
    claims = Claims(since=0.0)
    assert claims.hear(ANN, 5)
    assert not claims.hear(ANN, 5)
    assert not claims.hear(ANN, 3)
    assert claims.hear(ANN, 6)
    assert (claims.claimed(ANN), claims.claimed(BEN)) == (6, 0)


def test_a_claim_that_was_discounted_counts_again_once_it_is_said_again() -> None:
    claims = Claims(since=0.0)
    claims.hear(ANN, 5)
    claims.discounted[ANN] = 2
    assert claims.claimed(ANN) == 2
    assert not claims.hear(ANN, 2)
    assert claims.claimed(ANN) == 2
    assert claims.hear(ANN, 5)
    assert claims.claimed(ANN) == 5
