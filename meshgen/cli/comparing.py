"""Two meshes side by side: what is read of each, and the review of what lies between them."""

from collections.abc import Iterable
from contextlib import ExitStack
from typing import NamedTuple

from ..checks.mg429_unusable_policy_file import RULE as UNUSABLE_FILE
from ..compiler import outline
from ..inspection import Depth, inspect
from ..model import Mesh
from ..policy.likeness import Folding, folding
from ..reachability.scene import Scene
from ..review.files import FileChanges, file_changes
from ..review.report import Review, review
from .input import MeshFile, read_mesh
from .options import Options
from .output import report_of, show, tell
from .revisions import Revision, mesh_at
from .scenes import Errors, NotAMeshError, ReadMesh, errors_of, read_policies


class Change(NamedTuple):
    """The review of a change, both of its sides, and their errors."""

    review: Review
    before: ReadMesh
    after: ReadMesh
    errors: Errors
    new_errors: Errors


def compared(
    base: str, head: str | None, mesh: str, options: Options, spoken_of: Iterable[str] = ()
) -> Change:
    """
    What a change does.

    `base` and `head` are revisions of Git or paths; without `head` it is `mesh` as it lies there. The
    clusters `spoken_of` are looked at one by one.

    Raises:
        NotAMeshError: when one of them is no mesh to look at; its findings were shown then.
        CannotRunError: when one of them cannot be read.

    """
    with ExitStack() as opened:
        after = _read(mesh_at(head, mesh) if head else read_mesh(mesh), options, Depth.ALL, opened)
        before = _read(mesh_at(base, mesh), options, Depth.BUILDABLE, opened)
        _refuse_unusable(before, options)
        names = (base, head or mesh)
        found = _review(before, after, folding(before.mesh, after.mesh, spoken_of), names)
        errors = errors_of(after.inspection)
        return Change(found, before, after, errors, errors - _errors_before(before, errors))


def _read(file: MeshFile, options: Options, depth: Depth, opened: ExitStack) -> ReadMesh:
    if isinstance(file.beside, Revision):
        opened.callback(file.beside.close)
    return read_policies(file, options, depth)


def _errors_before(before: ReadMesh, errors: Errors) -> Errors:
    # NOTE: all checks of both sides take twice as long, and only errors that may be new ask for it.
    file = before.file
    return errors_of(inspect(file.content, file.shown, folder=file.beside) if errors else before.inspection)


def _refuse_unusable(base: ReadMesh, options: Options) -> None:
    """
    See to it that all policies of the base are known.

    A file that cannot be used would count as one without policies: what it denies, nothing would open.

    Raises:
        NotAMeshError: when there is such a file; the findings were shown then.

    """
    found = tuple(each for each in base.inspection.diagnostics if each.code == UNUSABLE_FILE.code)
    if found:
        unnamed = options.of_findings
        show(report_of(base.inspection._replace(diagnostics=found), (), unnamed), unnamed)
        tell(options, f"{base.file.shown}: nothing can be compared with policies that are not known")
        raise NotAMeshError


def _review(before: ReadMesh, after: ReadMesh, fold: Folding, names: tuple[str, str]) -> Review:
    head = Scene(fold.head, after.of(fold.head), _judged(after, fold.head))
    base = Scene(fold.base, before.of(fold.base), head)
    files, no_files, one_tree = _files(before, after, fold)
    material = (before.inspection.inventory, after.inspection.inventory)
    found = review(base, head, names=names, files=files, no_files=no_files, folding=fold, material=material)
    return found._replace(one_tree=one_tree)


def _judged(read: ReadMesh, mesh: Mesh) -> Scene | None:
    """What checks have read of a mesh already."""
    survey = read.inspection.survey
    assert survey is not None, "a mesh was surveyed"
    return (survey if mesh is read.mesh else survey.few()).scene


def _files(
    before: ReadMesh, after: ReadMesh, fold: Folding
) -> tuple[tuple[FileChanges, ...] | None, str, bool]:
    """What changes in the tree, or why that cannot be told, and whether only one of both can be made."""
    few = bool(fold.kinds) and _only_policies_differ(before, after) and _have_like_trees(after.mesh, fold)
    meshes = (fold.base, fold.head) if few else fold.whole
    # NOTE: one name for both sides, since whole objects say which file they are from.
    base, head = (
        outline(read.inspection, source="mesh.yaml", mesh=mesh, policies=read.of(mesh))
        for read, mesh in zip((before, after), meshes, strict=True)
    )
    if base.documents is None or head.documents is None:
        return None, base.reason or head.reason, base.documents is not head.documents
    found = file_changes(base.documents, head.documents)
    if few:
        of_all = fold.of_all({each.cluster: each for each in found})
        found = tuple(each._replace(cluster=name) for name, each in of_all.items())
    return found, "", False


def _only_policies_differ(before: ReadMesh, after: ReadMesh) -> bool:
    """Whether no file can be another but for policies; addresses, for one, are in those of all clusters."""
    rest = {"policy": None, "workloads": (), "expect": (), "ignore": ()}
    without_tls = after.inspection.inventory is None
    return without_tls and before.mesh.model_copy(update=rest) == after.mesh.model_copy(update=rest)


def _have_like_trees(mesh: Mesh, fold: Folding) -> bool:
    """Whether clusters that are alike to policies have them delivered alike, too."""
    made_of = {cluster.name: (cluster.cilium, cluster.helm_values) for cluster in mesh.clusters}
    return all(made_of[name] == made_of[kind[0]] for kind in fold.kinds for name in kind)
