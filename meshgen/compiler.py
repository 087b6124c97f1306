"""mesh.yaml to trees: the whole pipeline, in the order in which it runs."""

from dataclasses import dataclass, field

from .diagnostics import Diagnostic
from .emit import EMITTERS, SECRET_EMITTERS, Emitter
from .inspection import Inspection, locate
from .leaks import leaks
from .material import ReadFile, tls_files
from .passes import owned
from .plan.digests import mesh_digest
from .plan.resolve import plan
from .plan.types import MeshPlan
from .render import Tree, render


@dataclass(frozen=True, kw_only=True)
class Compilation:
    """
    What a sound mesh compiles to: `tree` for Git, `secrets` for nobody else's eyes.

    With any diagnostic the trees are empty.
    """

    digest: str = ""
    mesh: str = ""
    tree: Tree = field(default_factory=Tree)
    secrets: Tree = field(default_factory=Tree)
    diagnostics: tuple[Diagnostic, ...] = ()


def compile_mesh(inspection: Inspection, read_file: ReadFile, *, source: str, root: str) -> Compilation:
    """
    Compile a mesh whose inspection found no error.

    `source` is the base name of mesh.yaml, `root` how the output directory is called in findings.
    """
    mesh = inspection.mesh
    assert mesh is not None, "only sound meshes are compiled"
    files, missing = tls_files(mesh, read_file)
    if missing:
        return Compilation(diagnostics=locate(missing, inspection.source, inspection.name))
    planned = plan(mesh, source, files)
    tree = _tree(planned, EMITTERS)
    if leaked := list(leaks(tree, root)):
        return Compilation(diagnostics=locate(leaked, inspection.source, inspection.name))
    return Compilation(
        digest=mesh_digest(mesh),
        mesh=mesh.name,
        tree=tree,
        secrets=_tree(planned, SECRET_EMITTERS),
    )


def _tree(planned: MeshPlan, emitters: tuple[Emitter, ...]) -> Tree:
    documents = (document for emitter in emitters for document in emitter(planned))
    return render(owned(documents, planned))
