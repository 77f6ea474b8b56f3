"""The rules that each page gives a browser: nothing from elsewhere, and no script but on the pages that have one."""

from starlette.responses import Response

from zi_chassis.settings import Settings

POLICY = "Content-Security-Policy"
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
)


def security_headers(settings: Settings) -> dict[str, str]:
    """Referrers go to our own pages only; "no-referrer" would also hide Origin from our own check of forms."""
    headers = {
        POLICY: _policy(settings),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS,
    }
    if settings.public_url.startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return headers


def with_scripts(settings: Settings, answer: Response) -> None:
    """Let the page run the scripts of this origin; what they may ask, the policy of all pages says."""
    answer.headers[POLICY] = f"script-src 'self'; {_policy(settings)}"


def _policy(settings: Settings) -> str:
    """Forms may lead to the provider, because signing out ends there. A page may connect to its own origin,
    also without a script: examiners fetch robots.txt from within it."""
    return (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
        "frame-ancestors 'none'; "
        f"form-action 'self' {'/'.join(settings.issuer.split('/')[:3])}"
    )
