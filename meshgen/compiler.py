"""mesh.yaml to trees: the whole pipeline, in the order in which it runs."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from .checks.mg601_unsupported_cilium_version import RULE as UNSUPPORTED_VERSION
from .diagnostics import Diagnostic, Problem, Severity
from .emit import EMITTERS, SECRET_EMITTERS, Emitter
from .inspection import Inspection, locate
from .leaks import leaks
from .model import Mesh
from .ownership import INDEX, index_of
from .passes import owned
from .plan.digests import mesh_data, mesh_digest
from .plan.policies import PolicyMaterial
from .plan.resolve import plan
from .plan.tls import TlsMaterial
from .plan.types import MeshPlan
from .render import Tree, render
from .rules.trust import SEAL_NEEDED
from .trust.place import place

if TYPE_CHECKING:
    from .policy.compilation import Policies
    from .trust.sealing import Lacking


class Compilation(NamedTuple):
    """
    What a sound mesh compiles to: `tree` for Git, `secrets` for nobody else's eyes.

    `data` is the mesh itself, as the index keeps it.
    `in_clear` tells that there are such secrets, even where none was made; `store` are files beside
    mesh.yaml to be written (None: removed): values sealed just now, and the lock.

    With any diagnostic the trees are empty.
    """

    digest: str = ""
    data: Mapping[str, Any] = MappingProxyType({})
    mesh: str = ""
    tree: Tree = Tree()
    secrets: Tree = Tree()
    in_clear: bool = False
    store: Mapping[str, bytes | None] = MappingProxyType({})
    diagnostics: tuple[Diagnostic, ...] = ()


def compile_mesh(
    inspection: Inspection,
    *,
    source: str,
    root: str,
    identities: Callable[[], Sequence[Any]] = tuple,
    reveal: bool = True,
) -> Compilation:
    """
    Compile a mesh whose inspection found no error.

    `source` is the base name of mesh.yaml, `root` how the output directory is called in findings;
    `identities` gives what opens keys that are to be sealed anew. Without `reveal` no Secret in clear
    is made.

    Raises:
        OSError: when sealing needs `sops`, and it is not there or fails.

    """
    mesh = inspection.mesh
    assert mesh is not None, "only sound meshes are compiled"
    material, store, problems = _tls(inspection, identities, reveal=reveal)
    if problems:
        return Compilation(diagnostics=locate(problems, inspection.source, inspection.name))
    planned = plan(mesh, source, material, PolicyMaterial.of(inspection.policies))
    tree = _tree(planned, EMITTERS)
    kept = Tree(files={path: content for path, content in store.items() if content is not None})
    data = mesh_data(mesh)
    index = Tree(files={INDEX: index_of({}, source=source, digest="", data=data).dump()})
    # NOTE: what leaks into a file stands in the index as well, and is told once.
    if leaked := [*leaks(tree, root), *leaks(kept, ".")] or [*leaks(index, root)]:
        return Compilation(diagnostics=locate(leaked, inspection.source, inspection.name))
    return Compilation(
        digest=mesh_digest(mesh),
        data=data,
        mesh=mesh.name,
        tree=tree,
        secrets=_tree(planned, SECRET_EMITTERS) if reveal else Tree(),
        in_clear=planned.backend == "plaintext",
        store=store,
    )


class Outline(NamedTuple):
    """What a mesh compiles to, before it is made into bytes; None for the reason that is told."""

    documents: Mapping[str, object] | None
    reason: str = ""


def outline(inspection: Inspection, *, source: str, mesh: Mesh, policies: "Policies") -> Outline:
    """
    What stands at each path of the tree of a mesh, to be compared with that of another.

    `mesh` is the one that was inspected, or some of its clusters, with its `policies`.
    What policies come to is no hindrance, though nothing is built before it is settled.
    """
    from .checks.policies import ENFORCEMENT_CHECKS

    settled_later = {check.rule.code for check in ENFORCEMENT_CHECKS}
    errors = {one.code for one in inspection.diagnostics if one.severity is Severity.ERROR}
    codes = sorted(errors - settled_later)
    if codes:
        if codes == [UNSUPPORTED_VERSION.code]:
            return Outline(
                None, f"{inspection.name} is reviewed, but its Cilium version is not built for ({codes[0]})"
            )
        return Outline(None, f"{inspection.name} cannot be built: {', '.join(codes)}")
    # NOTE: without an identity nothing is sealed, so that the same mesh has the same outline every time.
    material, _, problems = _tls(inspection, tuple, reveal=False)
    if problems:
        return Outline(None, f"{inspection.name} has Secrets that must be sealed first")
    planned = plan(mesh, source, material, PolicyMaterial.of(policies))
    return Outline(
        {
            path: document.content
            for document in owned((document for emit in EMITTERS for document in emit(planned)), planned)
            for path in document.paths
        }
    )


def _tls(
    inspection: Inspection, identities: Callable[[], Sequence[Any]], *, reveal: bool
) -> tuple[TlsMaterial | None, dict[str, bytes | None], list[Problem]]:
    mesh, inventory, folder = inspection.mesh, inspection.inventory, inspection.folder
    if mesh is None or inventory is None or folder is None:
        return None, {}, []
    # NOTE: imported where it is needed: it costs more than everything else a small mesh does.
    from .trust.keyring import Keyring
    from .trust.sealing import Seals, prepare
    from .trust.store import sealed_files

    if mesh.secrets.backend == "plaintext" and not reveal:
        seals = Seals()
    else:
        seals = prepare(mesh, inventory, Keyring(folder.read, identities()), inspection.today)
    material = TlsMaterial(inventory=inventory, sealed=seals.objects, plain=seals.plain)
    store = sealed_files(mesh, inventory, seals).files
    return material, store, list(_lacking(mesh, seals.lacking))


def _lacking(mesh: Mesh, lacks: "Iterable[Lacking]") -> Iterator[Problem]:
    index = {cluster.name: position for position, cluster in enumerate(mesh.clusters)}
    done = "written" if mesh.secrets.backend == "plaintext" else "sealed"
    for lack in lacks:
        cluster, secret, key = lack.place
        yield SEAL_NEEDED.problem(
            place(index[cluster]),
            f"{key} of the Secret {secret} in {cluster} must be {done}, and {lack.reason}",
            help=lack.help,
        )


def _tree(planned: MeshPlan, emitters: tuple[Emitter, ...]) -> Tree:
    documents = (document for emitter in emitters for document in emitter(planned))
    return render(owned(documents, planned))
