"""`pigeonbox certificate make`: a certificate that the box signs itself."""

from __future__ import annotations

from pathlib import Path

import click

from gateway.cli.shared import PlainError, common, read_settings
from gateway.text.printable import say


@click.group()
def certificate() -> None:
    """A certificate, so that the page is reached by https."""


@certificate.command("make")
@common
@click.option("--name", "names", multiple=True, help="A further name or address of this box.")
@click.option("--days", type=click.IntRange(1, 3650), default=825, help="How long it is valid.")
def certificate_make(
    config_file: Path | None, data: Path | None, names: tuple[str, ...], days: int
) -> None:
    """Make a certificate that this box signs itself, and say how it is put to use."""
    from gateway.server import self_signed
    from gateway.server.certificate import CertificateError, fingerprint
    from gateway.services.box.addresses import own_names

    if bad := next((n for n in names if not self_signed.is_name(n)), None):
        raise PlainError(f"{bad} is neither a name nor an address.")
    settings = read_settings(config_file, data)
    try:
        made, key = self_signed.make(settings.data / "tls", [*own_names(), *names], days)
    except CertificateError as e:
        raise PlainError(str(e)) from e
    say("Put this into config.toml and restart the service:")
    say("  [http]", f'  certificate = "{made}"', f'  key = "{key}"')
    say(
        "Browsers will warn once, since nobody but this box vouches for it. Its fingerprint is",
        f"  {fingerprint(made)}",
    )
