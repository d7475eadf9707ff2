"""The certificate that the box makes itself."""

from __future__ import annotations

from pathlib import Path

from gateway.server import self_signed
from gateway.server.certificate import fingerprint


def test_the_key_made_here_is_the_services_alone(tmp_path: Path) -> None:
    made, key = self_signed.make(tmp_path / "tls", ["box.local", "192.168.1.20", "::1"])
    assert key.stat().st_mode & 0o777 == 0o600
    assert made.parent.stat().st_mode & 0o777 == 0o700
    assert sorted(p.name for p in made.parent.iterdir()) == ["certificate.pem", "key.pem"]
    assert len(fingerprint(made)) == 95
    assert [self_signed.is_name(n) for n in ("box.local", "10.0.0.1", "::1")] == [True] * 3
    for odd in ("", "a b", "x\ny=1", "-a", "a..b", "a,IP:1.2.3.4"):
        assert not self_signed.is_name(odd)
