"""Headers that keep browsers from doing what no page of ours asks for."""

from __future__ import annotations

import secrets

from flask import Flask, Response, abort, g, request

from config import LOOPBACK, Settings

_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src {images}; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


def csp_nonce() -> str:
    """The nonce of this answer's own scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def init_app(app: Flask, settings: Settings) -> None:
    """Send the headers with every answer; in a demo, answer this machine only."""
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    images = " ".join(filter(None, ["'self'", settings.map_tiles_host]))

    @app.after_request
    def add_headers(answer: Response) -> Response:
        headers = answer.headers
        if answer.location and 300 <= answer.status_code < 400:
            # Whatever host the request says it was sent to, a redirect stays on this site.
            headers["Location"] = answer.location.removeprefix(request.host_url.rstrip("/"))
        policy = _POLICY.format(nonce=csp_nonce(), images=images)
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if settings.is_https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if answer.mimetype == "text/html":
            headers.setdefault("Cache-Control", "private, no-cache")
        return answer

    if settings.demo:

        @app.before_request
        def answer_this_machine_only() -> None:
            peer = request.environ.get("werkzeug.proxy_fix.orig", {}).get("REMOTE_ADDR")
            if (peer or request.remote_addr) not in LOOPBACK:
                abort(403)
