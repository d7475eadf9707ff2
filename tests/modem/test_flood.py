from gateway.modem.flood import BURST, LONGEST_PAUSE, RATE, Flood


def test_a_full_storage_listed_at_once_is_heard_without_a_pause():
    flood = Flood()
    for n in range(BURST // 4096):
        flood.took(4096, 100.0 + n * 0.001)
        assert flood.deaf_until(100.0 + n * 0.001) is None


def test_babble_is_heard_at_the_allowed_rate_only():
    flood, now, heard = Flood(), 0.0, 0
    while now < 60.0:
        deaf = flood.deaf_until(now)
        if deaf is not None:
            assert now < deaf <= now + LONGEST_PAUSE
            now = deaf
            continue
        flood.took(4096, now)
        heard += 4096
    assert heard <= BURST + 60 * RATE * 1.25


def test_after_a_quiet_time_it_listens_as_before():
    flood = Flood()
    flood.took(BURST * 2, 0.0)
    assert flood.deaf_until(0.0) is not None
    assert flood.deaf_until(LONGEST_PAUSE + 0.01) is None
    flood.took(BURST // 2, 60.0)
    assert flood.deaf_until(60.0) is None
