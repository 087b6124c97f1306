"""The sweeps over address ranges, against comparing every pair."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network, summarize_address_range
from itertools import combinations, product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from meshgen.addresses import (
    Points,
    Ranges,
    address_text,
    cidr,
    crossings,
    free_block,
    networks,
    number,
    overlaps,
)

V4_END = number("255.255.255.255")
V6_START, V6_END = number("::"), number("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")

near = st.integers(0, 40)
few_ranges = st.lists(st.tuples(near, near).map(lambda pair: (min(pair), max(pair))), max_size=12)
v4 = st.integers(0, 2**32 - 1).map(IPv4Address)
v6 = st.integers(0, 2**128 - 1).map(IPv6Address)
mapped = ip_network("::ffff:0:0/96")
addresses = v4 | v6.filter(lambda address: address not in mapped)


def meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def groups_for(ranges: list[tuple[int, int]]) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, 2), min_size=len(ranges), max_size=len(ranges))


@given(few_ranges)
def test_overlaps_are_every_pair_that_meets_once(pairs: list[tuple[int, int]]) -> None:
    expected = {(a, b) for a, b in combinations(range(len(pairs)), 2) if meet(pairs[a], pairs[b])}
    found = list(overlaps(Ranges(pairs)))

    assert len(found) == len(set(found))
    assert set(found) == expected


@given(st.data(), few_ranges)
def test_overlaps_leave_out_pairs_of_one_group(data: st.DataObject, pairs: list[tuple[int, int]]) -> None:
    groups = data.draw(groups_for(pairs))
    found = list(overlaps(Ranges(pairs), groups))

    assert sorted(found) == sorted((a, b) for a, b in overlaps(Ranges(pairs)) if groups[a] != groups[b])


@given(few_ranges, few_ranges)
def test_crossings_are_every_pair_of_both_sides_that_meets_once(
    left: list[tuple[int, int]], right: list[tuple[int, int]]
) -> None:
    every = product(range(len(left)), range(len(right)))
    expected = {(a, b) for a, b in every if meet(left[a], right[b])}
    found = list(crossings(Ranges(left), Ranges(right)))

    assert len(found) == len(set(found))
    assert set(found) == expected


@given(st.data(), few_ranges, few_ranges)
def test_crossings_leave_out_pairs_of_one_group(
    data: st.DataObject, left: list[tuple[int, int]], right: list[tuple[int, int]]
) -> None:
    groups = data.draw(groups_for(left)), data.draw(groups_for(right))
    found = list(crossings(Ranges(left), Ranges(right), groups))

    assert sorted(found) == sorted(
        (a, b) for a, b in crossings(Ranges(left), Ranges(right)) if groups[0][a] != groups[1][b]
    )


@given(st.lists(near, max_size=20), near, near)
def test_points_between_two_ends_are_those_that_lie_there(values: list[int], first: int, last: int) -> None:
    points = Points(values)
    found = [points[position] for position in points.positions(first, last)]

    assert found == sorted((value, owner) for owner, value in enumerate(values) if first <= value <= last)
    assert len(points) == len(values)


@given(st.lists(near, max_size=20))
def test_duplicates_are_each_later_owner_with_the_first(values: list[int]) -> None:
    expected = [
        (value, values.index(value), owner)
        for owner, value in enumerate(values)
        if values.index(value) < owner
    ]

    assert list(Points(values).duplicates()) == sorted(expected)


@given(few_ranges, st.integers(0, 4), near, near)
def test_a_free_block_is_the_first_aligned_one_that_meets_nothing(
    pairs: list[tuple[int, int]], bits: int, start: int, stop: int
) -> None:
    size = 1 << bits
    candidates = (
        low
        for low in range(start, stop + 2 - size)
        if low % size == 0 and not any(meet((low, low + size - 1), taken) for taken in pairs)
    )

    assert free_block(Ranges(pairs), size, start, stop) == next(candidates, None)


@given(addresses)
def test_an_address_and_its_number_are_the_same(address: IPv4Address | IPv6Address) -> None:
    value = number(str(address))

    assert address_text(value) == str(address)
    assert (value <= V4_END) == (address.version == 4)
    assert number(address.exploded) == value


@given(addresses, st.data())
def test_a_cidr_covers_what_the_network_covers(
    address: IPv4Address | IPv6Address, data: st.DataObject
) -> None:
    prefix = data.draw(st.integers(0, address.max_prefixlen))
    block = cidr(f"{address}/{prefix}")
    network = ip_network(f"{address}/{prefix}", strict=False)

    assert (address_text(block.first), address_text(block.last)) == (str(network[0]), str(network[-1]))
    assert block.canonical == str(network)
    assert block.has_host_bits == (address != network[0])


@given(addresses, addresses)
@example(IPv4Address(0), IPv4Address("255.255.255.255"))
@example(IPv6Address(0), IPv6Address(2**128 - 1))
def test_networks_cover_a_stretch_with_the_fewest_blocks(
    one: IPv4Address | IPv6Address, other: IPv4Address | IPv6Address
) -> None:
    other = other if one.version == other.version else one
    first, last = sorted([number(str(one)), number(str(other))])
    expected = summarize_address_range(ip_address(address_text(first)), ip_address(address_text(last)))

    assert [ip_network(text) for text in networks(first, last)] == list(expected)


def test_the_families_share_no_number() -> None:
    assert V4_END < V6_START
    assert cidr("0.0.0.0/0").last == V4_END
    assert (cidr("::/0").first, cidr("::/0").last) == (V6_START, V6_END)
    assert {cidr(text).family for text in ("0.0.0.0/0", "10.0.0.0/8", "255.255.255.255/32")} == {"IPv4"}
    assert {cidr(text).family for text in ("::/0", "fd00::/8")} == {"IPv6"}


@pytest.mark.parametrize(
    ("outer", "inner", "covers"),
    [
        ("10.0.0.0/8", "10.1.0.0/16", True),
        ("10.1.0.0/16", "10.1.0.0/16", True),
        ("10.1.0.0/16", "10.0.0.0/8", False),
        ("10.1.0.0/16", "10.2.0.0/16", False),
        ("0.0.0.0/0", "::/128", False),
        ("::/0", "10.0.0.0/8", False),
    ],
)
def test_a_block_covers_another(outer: str, inner: str, *, covers: bool) -> None:
    assert cidr(outer).covers(cidr(inner)) is covers


def test_ranges_keep_the_order_given() -> None:
    ranges = Ranges([(5, 6), (1, 9)])

    assert list(ranges) == [(5, 6), (1, 9)]
    assert ranges.sorted == [(1, 9, 1), (5, 6, 0)]
