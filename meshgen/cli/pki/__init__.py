"""`meshgen pki`: the mesh's authority and certificates; the only commands that create keys."""

from ..options import example_lines
from ..run import Commands


class PkiCommands(Commands):
    """The commands of `meshgen pki`."""

    HELP = {  # noqa: RUF012 - a constant table
        "init": "Make the mesh's authority.",
        "issue": "Issue the certificates that clusters lack.",
        "status": "Show every certificate and when it expires.",
        "import": "Take in what the guide's script extracted, or an authority.",
        "rotate": "Renew certificates, or replace the authority step by step.",
    }
    PACKAGE = __name__


command = PkiCommands(
    name="pki",
    help="""
    Make and renew the mesh's certificates.

    They and the authority that signs them lie in a store beside mesh.yaml: certificates in clear,
    private keys only sealed, for `tls.storeRecipients`. `meshgen build` makes the Secrets of it. No
    other command creates keys.
    """,
    epilog=example_lines("""
meshgen pki init
meshgen pki issue --identity operator.age.txt
meshgen pki status
"""),
    context_settings={"help_option_names": ["-h", "--help"]},
)
