"""What changes in the output tree is told by cluster; what is of none is told of the whole mesh."""

from meshgen.review.files import FileChanges, file_changes


def test_what_a_gitops_tool_begins_with_is_of_the_whole_mesh() -> None:
    before = {"a/values.yaml": 1, "_gitops/flux/a.yaml": 1, "ROLLOUT.md": 1}
    after = {"a/values.yaml": 2, "_gitops/flux/a.yaml": 2, "_gitops/README.md": 1}

    assert file_changes(before, after) == (
        FileChanges("", ("_gitops/README.md",), ("_gitops/flux/a.yaml",), ("ROLLOUT.md",)),
        FileChanges("a", (), ("values.yaml",), ()),
    )
