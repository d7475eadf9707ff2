"""Why somebody was not let in, or an account not changed; each says in plain words what to do."""

from __future__ import annotations

from gateway.services.accounts.passwords import AccountError, BadPassword

__all__ = [
    "AccountError",
    "BadName",
    "BadPassword",
    "BadRole",
    "BadScope",
    "CodeSpent",
    "LastOne",
    "ShutOut",
    "SignInBusy",
    "Throttled",
    "TokenExists",
    "UserNameTaken",
    "WrongCode",
    "WrongCredentials",
]


class WrongCredentials(AccountError):
    def __init__(self) -> None:
        super().__init__("Name or password is wrong.")


class ShutOut(AccountError):
    """The password was right, but an administrator has disabled the account."""

    def __init__(self) -> None:
        super().__init__("This account is disabled. An administrator of this box can enable it.")


class WrongCode(AccountError):
    def __init__(self) -> None:
        super().__init__("This code is not valid, or it was used already.")


class CodeSpent(WrongCode):
    """Too many guesses at a code of six digits."""

    def __init__(self) -> None:
        super().__init__()
        self.args = (
            "Too many wrong codes were tried, so this one counts no more."
            " Press the button on the box again for a new one.",
        )


class BadName(AccountError):
    """Cannot be the name of a person or token."""


class UserNameTaken(AccountError):
    """Somebody is called that already."""


class BadRole(AccountError):
    """There is no such role."""


class BadScope(AccountError):
    """There is no such scope, or none was chosen."""


class LastOne(AccountError):
    """Nobody would be left who may change the settings."""

    def __init__(self) -> None:
        super().__init__(
            "The box needs an administrator who can sign in. Make somebody else one first."
        )


class TokenExists(AccountError):
    """A token's name is taken."""


class Throttled(AccountError):
    """Too many bad tries; the next one is looked at in `seconds`."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, round(seconds + 0.5))
        unit = "second" if self.seconds == 1 else "seconds"
        super().__init__(f"Too many tries. Try again in {self.seconds} {unit}.")


class SignInBusy(Throttled):
    """Others are just signing in, and each takes the box a moment."""

    def __init__(self) -> None:
        super().__init__(1)
        self.args = ("The box is busy checking other passwords. Try again in a moment.",)
