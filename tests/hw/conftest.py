"""A simulated modem that is switched on, and a terminal at it."""

from collections.abc import Iterator

import pytest

from hw.simulator import SimulatedModem
from tests.hw.simulated import Client, ListingCarrier, card


@pytest.fixture
def carrier() -> ListingCarrier:
    return ListingCarrier()


@pytest.fixture
def modem(carrier: ListingCarrier) -> Iterator[SimulatedModem]:
    with SimulatedModem(card(), carrier) as modem:
        yield modem


@pytest.fixture
def client(modem: SimulatedModem) -> Iterator[Client]:
    client = Client(modem.port)
    client.ask("ATE0")
    client.ask("AT+CMEE=1")
    yield client
    client.close()
