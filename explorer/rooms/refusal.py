"""Why a room does not do what it is asked, as a sentence for students."""

from typing import Literal

from explorer.errors import UserError

Reason = Literal["unknown", "ended", "closed", "full", "twice", "busy", "past"]


class RoomRefusal(UserError):
    """reason: what kind of refusal it is."""

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def unknown_room() -> RoomRefusal:
    return RoomRefusal(
        "unknown",
        "There is no class with this code. Check the code on the lecturer's screen; it works for one day.",
    )


def ended_room() -> RoomRefusal:
    return RoomRefusal("ended", "This class has ended. Ask the lecturer for a new code.")


def closed_round() -> RoomRefusal:
    return RoomRefusal("closed", "The question is closed. Your answer was not counted.")


def past_round() -> RoomRefusal:
    return RoomRefusal("past", "The class is at another question now. Reload the page.")


def full_round(limit: int) -> RoomRefusal:
    return RoomRefusal(
        "full", f"This question has {limit:,} answers, and takes no more. Yours was not counted."
    )


def second_answer() -> RoomRefusal:
    return RoomRefusal("twice", "You have answered already. Your first answer counts.")


def busy_room() -> RoomRefusal:
    return RoomRefusal("busy", "Many are answering right now. Your answer is sent again in a moment.")
