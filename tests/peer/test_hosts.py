"""This machine's own addresses."""

from p2psketch.address import Address
from peer.hosts import is_ours, own_hosts


def test_loopback_is_ours_and_an_address_of_nobody_is_not() -> None:
    assert is_ours("127.0.0.1")
    assert not is_ours("192.0.2.7")
    assert not is_ours("2001:db8::7")


def test_somebody_on_this_machine_is_met_over_loopback() -> None:
    assert "127.0.0.1" in own_hosts([Address("127.0.0.1", 9)])
    assert own_hosts(())
