"""What a pretend network was given."""

from __future__ import annotations

from gateway import sms
from gateway.simnet import Network


def texts_sent(network: Network) -> list[str]:
    """The text of each SUBMIT that the network took, in order."""
    return [
        sms.join_text({1: (s.submit.user_data, s.submit.dcs)}, 1).text
        for s in network.sent
        if s.refused is None
    ]
