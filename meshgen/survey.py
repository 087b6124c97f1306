"""What several checks ask of a mesh, worked out once."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from .addresses import Addresses, Cidr, Points, Ranges
from .diagnostics import named
from .location import SourcePath
from .model import ByLabels, Cluster, ClusterSelection, Mesh
from .selection import selected
from .suggestions import FIRST_V6, next_free_cidr, next_free_id, used_ranges, uses_packet_mark

if TYPE_CHECKING:
    from .cilium.features import Use
    from .policy.compilation import Policies
    from .policy.raw import RawFile
    from .reachability.picture import Picture
    from .reachability.scene import Scene
    from .trust.inventory import Inventory

_NODE_NETWORK_IPAM = frozenset({"eni", "azure", "alibabacloud"})

ADDRESS_KEYS = ("podCIDRs", "serviceCIDRs", "nodeCIDRs", "nodeIPs", "serviceIPs")


class Block(NamedTuple):
    """A CIDR of a cluster, and where it is written."""

    cluster: int
    key: str
    position: int
    cidr: Cidr

    @property
    def path(self) -> SourcePath:
        """Where it is written."""
        return ("clusters", self.cluster, self.key, self.position)


class Point(NamedTuple):
    """A single address of a cluster, and where it is written."""

    cluster: int
    key: str
    position: int
    text: str

    @property
    def path(self) -> SourcePath:
        """Where it is written."""
        return ("clusters", self.cluster, self.key, self.position)


def later(one: Block | Point, other: Block | Point) -> bool:
    """Whether `one` comes after `other` in a mesh.yaml written in the documented order."""
    return (one.cluster, ADDRESS_KEYS.index(one.key), one.position) > (
        other.cluster, ADDRESS_KEYS.index(other.key), other.position,
    )  # fmt: skip


class AddressTable:
    """All addresses under one key, over all clusters."""

    def __init__(self, key: str, lists: list[Addresses]) -> None:
        self._key = key
        self._lists = lists
        self._starts = [0]
        for addresses in lists:
            self._starts.append(self._starts[-1] + len(addresses.numbers))

    @cached_property
    def points(self) -> Points:
        """The addresses, sorted; owners are for `__getitem__`."""
        return Points(number for addresses in self._lists for number in addresses.numbers)

    def __getitem__(self, owner: int) -> Point:
        """The address behind an owner that `points` gave."""
        cluster = bisect_right(self._starts, owner) - 1
        index = owner - self._starts[cluster]
        return Point(cluster, self._key, index, self._lists[cluster].texts[index])

    def at(self, position: int) -> Point:
        """The address at a position in sorted order."""
        return self[self.points[position][1]]

    def within(self, block: Cidr, *, besides: int | None = None) -> Iterator[Point]:
        """The addresses inside a block; those of the cluster `besides` are passed over."""
        positions = self.points.positions(block.first, block.last)
        position = positions.start
        while position < positions.stop:
            point = self.at(position)
            if point.cluster == besides:
                position = self._run_ends[position]
            else:
                yield point
                position += 1

    @cached_property
    def _run_ends(self) -> list[int]:
        """For each position in sorted order, the next one that belongs to another cluster."""
        clusters = [self[owner].cluster for _, owner in self.points]
        ends = list(range(1, len(clusters) + 1))
        for position in reversed(range(len(clusters) - 1)):
            if clusters[position] == clusters[position + 1]:
                ends[position] = ends[position + 1]
        return ends


class Survey:
    """
    A mesh, with tables of its addresses and what its references mean.

    `inventory` is its TLS material, if it has any; `today` is None where dates do not count; `raw` are
    the files of `policy.raw`, in its order, where there is a folder to look in.
    """

    def __init__(
        self,
        mesh: Mesh,
        inventory: "Inventory | None" = None,
        today: date | None = None,
        raw: "tuple[RawFile, ...]" = (),
    ) -> None:
        self.mesh = mesh
        self.inventory = inventory
        self.today = today
        self.raw = raw

    @cached_property
    def policies(self) -> "Policies | None":
        """Its policies; None where nothing speaks of any."""
        mesh = self.mesh
        if mesh.policy is None and not mesh.workloads and not mesh.expect:
            return None
        from .policy.compilation import Policies

        return Policies(mesh, self.raw)

    @cached_property
    def scene(self) -> "Scene | None":
        """Its policies as Cilium's engine sees them; None where there are none, and nothing is expected."""
        if self.policies is None or not (self.policies.objects or self.mesh.expect):
            return None
        from .reachability.scene import Scene

        return Scene(self.mesh, self.policies)

    @cached_property
    def picture(self) -> "Picture | None":
        """Who may talk to whom; None where there is no scene."""
        if self.scene is None:
            return None
        from .reachability.picture import Picture

        return Picture(self.scene)

    def few(self, *, more: int = 0) -> "Survey":
        """
        The same of a mesh with a few clusters, and so many more, of each kind that policies can tell apart.

        Itself where it has no more of them.
        """
        if more not in self._few:
            self._few[more] = self._of_few(more)
        return self._few[more]

    @cached_property
    def _few(self) -> "dict[int, Survey]":
        return {}

    def _of_few(self, more: int) -> "Survey":
        from .policy.likeness import FEW, few_of_each

        mesh = few_of_each(self.mesh, FEW + more)
        return self if mesh is self.mesh else Survey(mesh, self.inventory, self.today, self.raw)

    def policy_uses(self) -> "Iterator[Use]":
        """What its policies ask of Cilium."""
        if self.policies is not None:
            from .policy.features import policy_uses

            yield from policy_uses(self.policies)

    @cached_property
    def pods(self) -> list[Block]:
        """Every PodCIDR."""
        return self._blocks("podCIDRs", (c.pod_cidrs for c in self.mesh.clusters))

    @cached_property
    def services(self) -> list[Block]:
        """Every service CIDR."""
        return self._blocks("serviceCIDRs", (c.service_cidrs for c in self.mesh.clusters))

    @cached_property
    def nodes(self) -> list[Block]:
        """Every node CIDR."""
        return self._blocks("nodeCIDRs", (c.node_cidrs for c in self.mesh.clusters))

    @cached_property
    def on_node_network(self) -> list[bool]:
        """For each cluster, whether its pods take addresses of the node network, as its nodes do."""
        return [
            cluster.cilium.ipam in _NODE_NETWORK_IPAM or cluster.cilium.chaining == "aws-cni"
            for cluster in self.mesh.clusters
        ]

    @cached_property
    def node_ips(self) -> AddressTable:
        """Every node IP."""
        return AddressTable("nodeIPs", [cluster.node_ips for cluster in self.mesh.clusters])

    @cached_property
    def service_ips(self) -> AddressTable:
        """Every address that is dialled."""
        return AddressTable("serviceIPs", [cluster.service_ips for cluster in self.mesh.clusters])

    @staticmethod
    def _blocks(key: str, lists: Iterable[tuple[Cidr, ...]]) -> list[Block]:
        return [
            Block(cluster, key, index, block)
            for cluster, blocks in enumerate(lists)
            for index, block in enumerate(blocks)
        ]

    @cached_property
    def used(self) -> Ranges:
        """Every address that is taken."""
        return used_ranges(self.mesh)

    def free_cidr(self, block: Cidr) -> str | None:
        """The next free CIDR of the size and family of a block: what `meshgen suggest` says."""
        key = (block.last - block.first + 1, block.first >= FIRST_V6)
        if key not in self._free_cidrs:
            size, six = key
            self._free_cidrs[key] = next_free_cidr(self.mesh, self.used, size, six=six)
        return self._free_cidrs[key]

    @cached_property
    def _free_cidrs(self) -> dict[tuple[int, bool], str | None]:
        return {}

    @cached_property
    def names(self) -> list[str]:
        """The clusters' names as messages say them: short, and on one line."""
        return [named(cluster.name) for cluster in self.mesh.clusters]

    def free_id(self, cluster: Cluster) -> int | None:
        """The next free ID that suits a cluster: what `meshgen suggest` says."""
        key = (cluster.provider, uses_packet_mark(cluster))
        if key not in self._free_ids:
            self._free_ids[key] = next_free_id(self.mesh, cluster.provider, avoid_unsafe=key[1])
        return self._free_ids[key]

    @cached_property
    def _free_ids(self) -> dict[tuple[str, bool], int | None]:
        return {}

    def selected(self, selection: ClusterSelection) -> tuple[Cluster, ...]:
        """The clusters that a selection means; each selection is worked out once."""
        key = tuple(selection.labels.items()) if isinstance(selection, ByLabels) else selection
        if key not in self._selected:
            self._selected[key] = selected(self.mesh, selection)
        return self._selected[key]

    @cached_property
    def _selected(self) -> dict[Any, tuple[Cluster, ...]]:
        return {}


def ranges(blocks: list[Block]) -> Ranges:
    """The blocks as ranges, owners being positions in the list."""
    return Ranges((block.cidr.first, block.cidr.last) for block in blocks)


def owners(blocks: list[Block]) -> list[int]:
    """The cluster of each block: the groups of a sweep that compares clusters with each other."""
    return [block.cluster for block in blocks]
