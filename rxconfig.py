"""How Reflex builds and serves the portal; everything an operator decides is in portal_app/settings.py."""

import os

os.environ.setdefault("REFLEX_USE_NPM", "1")
os.environ.setdefault("REFLEX_CHECK_LATEST_VERSION", "false")
# A lock that names no registry is the same on every machine.
os.environ.setdefault("npm_config_omit_lockfile_registry_resolved", "true")

import reflex as rx
from reflex.plugins.sitemap import SitemapPlugin
from reflex_base.constants import StateManagerMode

from portal_app.frontend import PortalPlugin
from portal_app.settings import settings

_settings = settings()

config = rx.Config(
    app_name="portal_app",
    # Baked into the build, then replaced by the page's own origin (scripts/build_site.py).
    api_url="http://portal.invalid",
    deploy_url=None,
    backend_port=_settings.port,
    cors_allowed_origins=list(_settings.origins),
    trusted_proxy_hops=0,
    redis_url=_settings.redis_url or None,
    state_manager_mode=StateManagerMode.MEMORY if _settings.one_process else StateManagerMode.REDIS,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    frontend_compression_formats=[],
    frontend_lazy_bundled_libraries=True,
    plugins=[PortalPlugin()],
    disable_plugins=[SitemapPlugin],
)
