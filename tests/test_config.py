from dataclasses import replace
from pathlib import Path

import pytest

from gateway.config import Config, ConfigError, Http, ModemPort, Ports, Power, in_force, load


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(tmp_path: Path, text: str) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        load(write(tmp_path, text))
    return {m.key: m.words for m in caught.value.mistakes}


def test_an_empty_file_gives_the_defaults(tmp_path):
    assert load(write(tmp_path, "")) == Config()


def test_the_data_folder_is_absolute_however_it_was_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load(write(tmp_path, 'data = ".demo"')).data == tmp_path / ".demo"
    assert replace(Config(), data=Path("x")).data == tmp_path / "x"


def test_everything_that_may_be_said_is_understood(tmp_path):
    config = load(
        write(
            tmp_path,
            """
            data = "/srv/box"
            country = "KE"
            [http]
            listen = "[::1]:81"
            trusted_hosts = ["box.example.org"]
            [[modem]]
            port = "/dev/serial0"
            baud = 9600
            pin = "0042"
            [[modem]]
            port = "/dev/ttyUSB2"
            [ports]
            usb = false
            uart = true
            ignore = ["/dev/ttyUSB5", "12d1:14DC", "1-1.2", "1-1"]
            [leds]
            board = "act"
            [log]
            level = "DEBUG"
            texts = true
            """,
        )
    )
    assert config.data == Path("/srv/box")
    assert (config.http.host, config.http.port) == ("::1", 81)
    assert config.http.trusted_hosts == ("box.example.org",)
    assert config.modems == (
        ModemPort("/dev/serial0", 9600, "0042"),
        ModemPort("/dev/ttyUSB2", 115200, ""),
    )
    assert config.ports == Ports(False, True, ("/dev/ttyUSB5", "12d1:14DC", "1-1.2", "1-1"))
    assert (config.country, config.led_board, config.log_level) == ("KE", "act", "DEBUG")
    assert config.log_texts


def test_browsers_can_be_kept_to_tls_where_there_is_any(tmp_path):
    behind = load(write(tmp_path, '[http]\nhsts = true\ntrusted_proxy = "127.0.0.1"'))
    assert behind.http.hsts
    assert not load(write(tmp_path, '[http]\ntrusted_proxy = "127.0.0.1"')).http.hsts
    assert "TLS" in mistakes(tmp_path, "[http]\nhsts = true")["http.hsts"]
    assert set(mistakes(tmp_path, "[http]\nhsts = 1")) == {"http.hsts"}


def test_webhooks_reach_this_machine_only_where_the_file_says_so(tmp_path):
    assert not load(write(tmp_path, "")).webhooks_to_this_machine
    assert load(write(tmp_path, "[webhooks]\nthis_machine = true")).webhooks_to_this_machine


def test_what_may_be_switched_is_understood(tmp_path):
    text = """
    [power]
    board = "waveshare-sim7600"
    port = "/dev/ttyUSB2"
    uhubctl = false
    reboot = true
    """
    power = load(write(tmp_path, text)).power
    assert power == Power("waveshare-sim7600", "/dev/ttyUSB2", uhubctl=False, reboot=True)


def test_the_box_is_not_restarted_and_no_pin_is_touched_unless_asked_for(tmp_path):
    power = load(write(tmp_path, "")).power
    assert (power.board, power.reboot) == ("none", False)


def test_every_mistake_is_named_at_once_with_its_key(tmp_path):
    found = mistakes(
        tmp_path,
        """
        data = 7
        contry = "KE"
        country = "Kenya"
        [http]
        listen = "8080"
        trusted_hosts = "box"
        port = 80
        [[modem]]
        baud = 115201
        pin = 1234
        [[modem]]
        port = "ttyUSB0"
        [[modem]]
        port = "/dev/ttyUSB0"
        [[modem]]
        port = "/dev/ttyUSB0"
        [ports]
        usb = "yes"
        uart = 1
        serial = true
        [power]
        board = "christmas"
        port = "ttyAMA0"
        uhubctl = "no"
        reboot = 1
        plug = true
        [leds]
        board = "christmas"
        [log]
        texts = "yes"
        [webhooks]
        this_machine = "yes"
        """,
    )
    assert set(found) == {
        "data",
        "contry",
        "country",
        "http.listen",
        "http.trusted_hosts",
        "http.port",
        "modem[1].port",
        "modem[1].baud",
        "modem[1].pin",
        "modem[2].port",
        "modem[4].port",
        "ports.usb",
        "ports.uart",
        "ports.serial",
        "power.board",
        "power.port",
        "power.uhubctl",
        "power.reboot",
        "power.plug",
        "leds.board",
        "log.texts",
        "webhooks.this_machine",
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("data = ", "not valid TOML"),
        ("[modem]\nport = '/dev/x'", "[[modem]]"),
        ("http = 3", "[http]"),
        ("modem = 3", "[[modem]]"),
    ],
)
def test_a_broken_shape_is_said_in_plain_words(tmp_path, text, words):
    assert words in str(mistakes(tmp_path, text))


@pytest.mark.parametrize(
    "ignore", ["'/dev/ttyUSB0'", "['ttyUSB0']", "[7]", "['12d1']", "['1-']", "['12d1:14dc ']"]
)
def test_what_cannot_be_ignored_is_named(tmp_path, ignore):
    assert "ports.ignore" in mistakes(tmp_path, f"[ports]\nignore = {ignore}")


def test_a_port_cannot_be_listed_and_ignored(tmp_path):
    text = "[[modem]]\nport = '/dev/ttyUSB0'\n[ports]\nignore = ['/dev/ttyUSB0']"
    assert "[[modem]] too" in mistakes(tmp_path, text)["ports.ignore"]


def test_a_file_that_is_not_there_or_not_text_is_a_config_error(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        load(tmp_path / "binary.toml")


# the environment -------------------------------------------------------------------------------


def test_listen_and_trusted_hosts_may_come_from_the_environment(tmp_path):
    file = write(tmp_path, '[http]\nlisten = "127.0.0.1:1"\ntrusted_hosts = ["a.example"]')
    said = {"PIGEONBOX_LISTEN": "[::]:8443", "PIGEONBOX_TRUSTED_HOSTS": "b.example, c.example"}
    found = in_force(file, said).http
    assert (found.host, found.port) == ("::", 8443)
    assert found.trusted_hosts == ("b.example", "c.example")
    assert in_force(None, said).http == found
    assert in_force(file, {}) == load(file)
    assert in_force(file, dict.fromkeys(said, " ")) == load(file)
    assert in_force(None, {}).http == Http()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("LISTEN", "8080", "must be an address and a port up to 65535"),
        ("LISTEN", "0.0.0.0:99999", "must be an address and a port up to 65535"),
        ("TRUSTED_HOSTS", "https://b.example", "must be a list of names"),
        ("TRUSTED_HOSTS", "b.example:443", "must be a list of names"),
        ("TRUSTED_HOSTS", "*.example", "must be a list of names"),
        ("TRUSTED_HOSTS", "b.example;c.example", "with commas between them"),
    ],
)
def test_the_environment_is_checked_as_the_file_is(name, value, words):
    with pytest.raises(ConfigError) as caught:
        in_force(None, {f"PIGEONBOX_{name}": value})
    (mistake,) = caught.value.mistakes
    assert mistake.key == f"PIGEONBOX_{name}"
    assert words in mistake.words
    assert str(caught.value.path) == "environment"


@pytest.mark.parametrize("host", ["https://b.example", "b.example:443", "*.example", "", "b c"])
def test_a_trusted_host_that_no_browser_could_send_is_refused(tmp_path, host):
    found = mistakes(tmp_path, f'[http]\ntrusted_hosts = ["{host}"]')
    assert found["http.trusted_hosts"] == 'must be a list of names, e.g. ["box.example.org"]'


@pytest.mark.parametrize("host", ["box", "box.example.org", "b-1.example.", "10.0.0.1", "fe80::1"])
def test_a_trusted_host_is_a_name_or_an_address(tmp_path, host):
    file = write(tmp_path, f'[http]\ntrusted_hosts = ["{host}"]')
    assert load(file).http.trusted_hosts == (host,)


@pytest.mark.parametrize("port", ["65536", "-1", "٨٠", "9" * 5000])
def test_a_port_that_is_none_is_said(tmp_path, port):
    with pytest.raises(ConfigError, match=r"http\.listen: must be an address and a port"):
        load(write(tmp_path, f'[http]\nlisten = "127.0.0.1:{port}"'))
