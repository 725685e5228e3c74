"""The ``Media`` port: decode untrusted pictures in a sandbox of our own making."""

from wardline.adapters.media.caps import Caps
from wardline.adapters.media.reasons import SOURCE, Reason
from wardline.adapters.media.sandbox import DEFAULT_LAYERS, SandboxMedia

__all__ = ["DEFAULT_LAYERS", "SOURCE", "Caps", "Reason", "SandboxMedia"]
