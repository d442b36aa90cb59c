"""The button with which a lecturer lets the phones of a class follow the figure."""

from explorer.live.figure import CLASS_LEAD
from explorer.live.lesson import LiveLesson
from explorer.rooms.room import Room
from explorer.ui.classroom.routes import FOLDER
from explorer.ui.components.live_figure import live_figure
from explorer.ui.learn.own_class import own_room


def lead_button(room: Room) -> None:
    """Draw the button that lets the phones of a room follow the figure of the page."""
    live_figure(
        CLASS_LEAD,
        f"class lead {room.code} {room.number}",
        options={
            "address": f"../{FOLDER}/{room.code}/lead",
            "watch": room.watch,
            "round": room.number,
            "lesson": room.current.lesson,
            "is_led": room.current.is_led,
        },
    )


def lead_in_lecture(lesson: LiveLesson) -> None:
    """Draw this button if the visitor has revealed the answers to a question of the lesson."""
    room = own_room()
    if room and room.current.lesson == lesson.name and room.current.state == "revealed":
        lead_button(room)
