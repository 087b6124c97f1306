"""Single values of mesh.yaml: names, labels, ports, addresses, versions."""

import re
from itertools import islice
from operator import attrgetter
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from ..addresses import Addresses, Cidr, cidr, number
from ..diagnostics import shown
from .bech32 import is_recipient
from .node import Matching, Seq, Written

# https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
_DNS_LABEL = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
_DNS_SUBDOMAIN = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
# A Service's name may not begin with a digit (RFC 1035).
_SERVICE_NAME = r"^[a-z]([-a-z0-9]*[a-z0-9])?$"
# https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
_KEY = r"^({label}(\.{label})*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{{0,61}}[A-Za-z0-9])?$"
_LABEL_KEY = _KEY.format(label="[a-z0-9]([-a-z0-9]*[a-z0-9])?")
# Kubernetes looks at an annotation's key in lower case.
_ANNOTATION_KEY = _KEY.format(label="[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?")
_LONGEST_PREFIX = 253
# https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/
_MOST_ANNOTATION_BYTES = 256 * 1024
_LABEL_VALUE = r"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"
# https://www.rfc-editor.org/rfc/rfc6335#section-5.1
_TARGET_NAME = r"^([0-9]+-)*[0-9]*[a-z][a-z0-9]*(-[a-z0-9]+)*$"
_VERSION = r"^[0-9]{1,3}\.[0-9]{1,3}(\.[0-9]{1,4}(-[0-9A-Za-z.-]{1,32})?)?$"
# Stands in shell commands of runbooks.
_CONTEXT = r"^[A-Za-z0-9_.:/@+-]+$"
_CODE = r"^MG[0-9]{3}$"
# An X25519 recipient in bech32: https://age-encryption.org/v1
_AGE_RECIPIENT = r"^age1[02-9ac-hj-np-z]{58}$"
# What SOPS separates by commas.
_KEY_ADDRESS = r"^[!-+\--~]+$"
_FINGERPRINT = r"^[0-9A-Fa-f]{40}$"
_DAYS = r"^[1-9][0-9]{0,4}d$"
_FOLDER = r"^[^\x00]+$"
_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_LEGIBLE_FOLDER = rf"^[^{_CONTROL}]+$"
# Neither absolute nor upwards; regular expressions in pydantic look neither ahead nor behind.
_NAME = rf"(\.|\.?[^./{_CONTROL}][^/{_CONTROL}]*|\.\.[^/{_CONTROL}]+)"
_OWN_FOLDER = rf"^{_NAME}(/+{_NAME})*/*$"
_OWN_FILE = rf"^{_NAME}(/+{_NAME})*$"
# Stands in the output tree, whose index takes no other characters.
_OWN_YAML = r"^([A-Za-z0-9_-][A-Za-z0-9._-]{0,254}/)*[A-Za-z0-9_-][A-Za-z0-9._-]{0,249}\.ya?ml$"
# What both Argo CD and Flux read (GitRepository's CRD takes no other schemes), and no template within.
_REPO_URL = r"^(https?|ssh)://[A-Za-z0-9._~:/@%+,-]+$"
# https://git-scm.com/docs/git-check-ref-format, without what a shell or a template would read.
_REVISION = r"^[A-Za-z0-9]([A-Za-z0-9._/+-]*[A-Za-z0-9_+-])?$"
_REPO_FOLDER = r"^(\.|\.?[A-Za-z0-9_-][A-Za-z0-9._-]*)(/\.?[A-Za-z0-9_-][A-Za-z0-9._-]*)*/?$"

_KEY_MEANING = (
    "a label or annotation key: an optional DNS prefix and /, then at most 63 of A-Z, a-z, 0-9, -, _ and ."
)
MEANINGS = {
    _DNS_LABEL: "a DNS label: a-z, 0-9 and -, with a letter or digit at both ends",
    _DNS_SUBDOMAIN: "a DNS name: labels of a-z, 0-9 and - between dots",
    _SERVICE_NAME: "a Service name: a-z, 0-9 and -, beginning with a letter, not ending with -",
    _LABEL_KEY: _KEY_MEANING,
    _ANNOTATION_KEY: _KEY_MEANING,
    _LABEL_VALUE: "a label value: at most 63 of A-Z, a-z, 0-9, -, _ and ., with a letter or digit at "
    "both ends",
    _TARGET_NAME: "a pod port name: at most 15 of a-z, 0-9 and -, with a letter; no - at an end or doubled",
    _VERSION: 'a Cilium version such as "1.6.9"',
    _CONTEXT: "a kubeconfig context: A-Z, a-z, 0-9, and any of _ . : / @ + -",
    _CODE: "a code such as MG216",
    _AGE_RECIPIENT: "an age recipient: age1 and 58 more characters",
    _KEY_ADDRESS: "the address of a key: no blanks, no commas",
    _FINGERPRINT: "the fingerprint of an OpenPGP key: 40 hexadecimal digits",
    _DAYS: "a number of days such as 365d",
    _FOLDER: "a folder",
    _LEGIBLE_FOLDER: "a folder: no control characters",
    _OWN_FOLDER: "a folder below that of mesh.yaml: no / at its beginning, no .., no control characters",
    _OWN_FILE: "a file below the folder of mesh.yaml: no / at either end, no .., no control characters",
    _REPO_URL: "a URL that Argo CD and Flux both read: https://, http:// or ssh:// (git@HOST:PATH is "
    "ssh://git@HOST/PATH)",
    _REVISION: "a branch, a commit, or a tag as refs/tags/NAME",
    _REPO_FOLDER: "a folder below the root of the repository: no / at its beginning, no .., and of A-Z, a-z, "
    "0-9, ., _ and - alone",
    _OWN_YAML: "a .yaml file below the folder of mesh.yaml, its path of A-Z, a-z, 0-9, ., _ and -",
}
"""What each pattern asks for, in words that follow "is not"."""

DnsLabel = Annotated[str, Matching(_DNS_LABEL, max_length=63)]
DnsSubdomain = Annotated[str, Matching(_DNS_SUBDOMAIN, max_length=253)]
ServiceName = Annotated[str, Matching(_SERVICE_NAME, max_length=63)]
LabelValue = Annotated[str, Matching(_LABEL_VALUE, max_length=63)]
PortNumber = Annotated[int, Field(ge=1, le=65535)]
# A Service's port is named by a DNS label, a pod's as RFC 6335 has it.
PortName = DnsLabel
TargetPortName = Annotated[str, Matching(_TARGET_NAME, max_length=15)]
CiliumVersion = Annotated[str, Matching(_VERSION)]
# Whether these are well formed is looked at later, so that one bad name hides no other finding.
AnyName = Annotated[str, Field(max_length=1000)]
ContextName = Annotated[str, Matching(_CONTEXT, max_length=253)]
FindingCode = Annotated[str, Matching(_CODE)]
KeyAddress = Annotated[str, Matching(_KEY_ADDRESS, max_length=2048)]
Fingerprint = Annotated[str, Matching(_FINGERPRINT)]
Days = Annotated[str, Matching(_DAYS)]
Folder = Annotated[str, Matching(_FOLDER)]
LegibleFolder = Annotated[str, Matching(_LEGIBLE_FOLDER)]
OwnFolder = Annotated[str, Matching(_OWN_FOLDER)]
OwnFile = Annotated[str, Matching(_OWN_FILE, max_length=1000)]
OwnYaml = Annotated[str, Matching(_OWN_YAML, max_length=1000)]
# The longest cluster name, 32, stands with a dot before it in host names.
MeshDomain = Annotated[str, Matching(_DNS_SUBDOMAIN, max_length=253 - 33)]


BAD_ADDRESSES: Final = "addresses"
_MOST_REPORTED = 1_000


def refusal(reason: str, way_out: str | None = None) -> PydanticCustomError:
    """The error by which a validator says why a value is not accepted."""
    return PydanticCustomError("refused", "{reason}", {"reason": reason, "way_out": way_out})


def _key(text: str) -> str:
    if (length := text.find("/")) > _LONGEST_PREFIX:
        reason = f"has {length} characters before the /; at most {_LONGEST_PREFIX} are allowed"
        raise refusal(reason)
    return text


def _annotations(annotations: dict[str, str]) -> dict[str, str]:
    size = sum(len(key.encode()) + len(value.encode()) for key, value in annotations.items())
    if size > _MOST_ANNOTATION_BYTES:
        reason = f"has {size:,} bytes; Kubernetes takes at most {_MOST_ANNOTATION_BYTES:,}"
        raise refusal(reason)
    return annotations


Labels = dict[Annotated[str, Matching(_LABEL_KEY, check=_key)], LabelValue]
Annotations = Annotated[
    dict[Annotated[str, Matching(_ANNOTATION_KEY, check=_key)], str],
    AfterValidator(_annotations),
]


def _cidr(text: str) -> Cidr:
    try:
        return cidr(text)
    except ValueError as error:
        raise refusal(str(error)) from None


def _address(text: str) -> str:
    try:
        number(text)
    except ValueError as error:
        raise refusal(str(error)) from None
    return text


def _addresses(texts: tuple[Any, ...]) -> Addresses:
    # NOTE: one call for the whole list; a validator for each of 255,000 nodes takes ten times as long.
    try:
        return Addresses(texts, tuple([number(text) for text in texts]))
    except (ValueError, TypeError):
        found = ((index, _reason(text)) for index, text in enumerate(texts))
        bad = tuple(islice(((index, reason) for index, reason in found if reason), _MOST_REPORTED))
        raise PydanticCustomError(BAD_ADDRESSES, "addresses", {"bad": bad}) from None


def _reason(text: Any) -> str | None:
    if not isinstance(text, str):
        return "is not text"
    try:
        number(text)
    except ValueError as error:
        return str(error)
    return None


_LONGEST_LABEL = 63
_LAST_PORT = 65535
_LONGEST_PORT = 5
# NOTE: names within a company have underscores, too.
_HOST = r"[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9])?)*\.?"


def _host(text: str) -> str:
    """
    A name that a resolver asks for, and not an address.

    Source: RFC 1035, 2.3.4 for the length of labels; Go's net.Resolver takes an address for itself, and
    other resolvers every name that ends in a number (RFC 3696, 2).
    """
    *_, last = labels = text.split(".")
    if last.isdecimal():
        reason = "is an address or ends in a number, and not a host name"
        raise refusal(reason, "write an address under serviceIPs, where it is checked")
    longest = max(labels, key=len)
    if len(longest) > _LONGEST_LABEL:
        reason = f"has a label of {len(longest)} characters; DNS takes at most {_LONGEST_LABEL}"
        raise refusal(reason)
    return text


def _recipient(text: str) -> str:
    if not is_recipient(text):
        reason = "is not an age recipient: its checksum does not fit, so a character of it is wrong"
        raise refusal(reason)
    return text


def _without_credentials(url: str) -> str:
    """A URL that may stand in Git for all to read; the user of ssh:// is no secret."""
    scheme, _, rest = url.partition("://")
    user, at, _ = rest.partition("/")[0].rpartition("@")
    if at and (scheme != "ssh" or ":" in user):
        reason = "holds a user, password or token, which would stand in Git for all to read"
        raise refusal(
            reason,
            "take it out of the URL, replace it where it was ever committed, and give it to the "
            "GitOps tool as a Secret",
        )
    return url


def _reachable(url: str) -> str:
    """A URL with a host and, where there is one, a port (RFC 3986, 3.2)."""
    authority = url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    host, colon, port = authority.partition(":")
    if not re.fullmatch(_HOST, host):
        reason = "names no host" if not host else f"names a host that there cannot be: {shown(host)}"
        raise refusal(reason)
    if colon and not (port.isdecimal() and len(port) <= _LONGEST_PORT and 0 < int(port) <= _LAST_PORT):
        reason = f"has {shown(port)} in place of a port, which is 1 to {_LAST_PORT}"
        raise refusal(
            reason, "write ssh://git@HOST/PATH for git@HOST:PATH" if url.startswith("ssh") else None
        )
    return url


def _branch_or_tag(revision: str) -> str:
    """Source: git-check-ref-format(1), its rules of components."""
    if ".." in revision or "//" in revision:
        reason = f"has {'..' if '..' in revision else '//'}, which Git takes in no name"
        raise refusal(reason)
    for part in revision.split("/"):
        if part.startswith(".") or part.endswith(".lock"):
            reason = f"has the part {shown(part)}; Git takes none that begins with . or ends with .lock"
            raise refusal(reason)
    return revision


def _own_tree(folder: str) -> str:
    if any(part.lower() == ".git" for part in folder.split("/")):
        reason = "leads into .git, which is Git's own and never in a repository"
        raise refusal(reason)
    return folder


EXAMPLE_RECIPIENT: Final = "age149pwn4dezv9lg9mgq5km95mqlermw33ad6xt46553t7wwat94yyq7pq7z7"
AgeRecipient = Annotated[str, Matching(_AGE_RECIPIENT, check=_recipient)]
HostName = Annotated[str, Matching(_DNS_SUBDOMAIN, max_length=253, check=_host)]
CidrBlock = Annotated[
    Cidr,
    Written(Annotated[str, Field(examples=["10.1.0.0/16", "fd00:1::/64"])], _cidr, attrgetter("text")),
]
RepoURL = Annotated[
    str, Matching(_REPO_URL, max_length=2048, check=_without_credentials), AfterValidator(_reachable)
]
GitRevision = Annotated[str, Matching(_REVISION, max_length=250, check=_branch_or_tag)]
RepoFolder = Annotated[str, Matching(_REPO_FOLDER, max_length=1000, check=_own_tree)]
AddressText = Annotated[str, AfterValidator(_address)]
AddressList = Annotated[
    Addresses,
    Written(Seq[Any], _addresses, attrgetter("texts")),
    WithJsonSchema({"type": "array", "items": {"type": "string"}}),
]
