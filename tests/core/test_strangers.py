"""Who is dialled though it never answered as a member, and how often."""

import pytest

from p2psketch.address import Address
from p2psketch.strangers import (
    MAX_ANSWERED,
    NEAR_A_MINUTE,
    STRANGERS_A_HOST,
    STRANGERS_A_MINUTE,
    Strangers,
    dialable,
)


def far(n: int, port: int = 27700) -> Address:
    return Address(f"8.8.{n // 250}.{n % 250 + 1}", port)


def near(n: int) -> Address:
    return Address(f"10.0.{n // 250}.{n % 250 + 1}", 27700)


def dials(strangers: Strangers, now: float, *addresses: Address) -> int:
    """How many of these may be dialled now."""
    return sum(strangers.admits(address, now) for address in addresses)


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        (Address("10.0.0.1", 1024), True),
        (Address("2001:db8::1", 27700), True),
        (Address("10.0.0.1", 1023), False),
        (Address("8.8.8.8", 22), False),
        (Address("example.org", 27700), False),
        (Address("0.0.0.0", 27700), False),
        (Address("224.0.0.1", 27700), False),
        (Address("::ffff:8.8.8.8", 80), False),
    ],
)
def test_what_a_stranger_may_name(address: Address, fine: bool) -> None:
    assert dialable(address) is fine


def test_a_minute_has_so_many_dials_to_strangers() -> None:
    strangers = Strangers()
    everybody = [far(n) for n in range(200)]
    assert dials(strangers, 0.0, *everybody) == STRANGERS_A_MINUTE
    assert dials(strangers, 59.9, *everybody) == 0
    assert dials(strangers, 60.0, *everybody) == STRANGERS_A_MINUTE


def test_one_machine_is_not_knocked_at_on_all_its_ports() -> None:
    strangers = Strangers()
    victim = [far(1, port) for port in range(1024, 2000)]
    assert dials(strangers, 0.0, *victim) == STRANGERS_A_HOST
    assert dials(strangers, 30.0, *victim) == 0
    assert dials(strangers, 30.0, far(2)) == 1
    assert dials(strangers, 60.0, *victim) == STRANGERS_A_HOST


def test_one_ipv6_network_is_one_machine() -> None:
    victim = [Address(f"2606:4700::{n:x}", 27700) for n in range(1, 100)]
    assert dials(Strangers(), 0.0, *victim) == STRANGERS_A_HOST


def test_a_local_network_has_a_limit_of_its_own() -> None:
    strangers = Strangers()
    assert dials(strangers, 0.0, *map(near, range(2000))) == NEAR_A_MINUTE
    assert dials(strangers, 0.0, far(1)) == 1


def test_who_has_answered_is_no_stranger() -> None:
    strangers = Strangers()
    strangers.answered(far(1))
    dials(strangers, 0.0, *map(far, range(2, 200)))
    assert dials(strangers, 0.0, far(1), far(1)) == 2
    for n in range(MAX_ANSWERED):
        strangers.answered(near(n))
    assert dials(strangers, 0.0, far(1)) == 0, "not remembered for ever"
