"""The human face: where moderators decide. One module and one template a page; plain HTML first, htmx and keys as comfort."""

from wardline.web.console.building import routes, rules

__all__ = ["routes", "rules"]
