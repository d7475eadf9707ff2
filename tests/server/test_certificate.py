"""The certificate that the config names."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from gateway.server import bounds, self_signed
from gateway.server.certificate import Certificate, CertificateError
from tests.server.served import Serve
from tests.support.box import eventually


def test_a_renewed_certificate_is_used_without_a_restart(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "LOOK_EVERY", 0.1)
    files = self_signed.make(tmp_path / "renewed", ["localhost"])
    served = serve(certificate=str(files[0]), key=str(files[1]))
    old = ssl.get_server_certificate(("127.0.0.1", served.port))
    files[1].write_text("half written")
    with served.open():  # wakes the loop; the broken pair is passed over
        pass
    self_signed.make(tmp_path / "renewed", ["localhost"])
    eventually(lambda: ssl.get_server_certificate(("127.0.0.1", served.port)) != old)


def test_a_certificate_that_cannot_be_used_is_said_in_plain_words(
    tmp_path: Path, pair: tuple[Path, Path]
) -> None:
    other = self_signed.make(tmp_path / "tls", ["localhost"])
    with pytest.raises(CertificateError, match="does not belong to"):
        Certificate(pair[0], other[1])
    with pytest.raises(CertificateError, match="cannot be read"):
        Certificate(tmp_path / "none.pem", pair[1])
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_text("hello")
    with pytest.raises(CertificateError, match="PEM"):
        Certificate(rubbish, rubbish)
