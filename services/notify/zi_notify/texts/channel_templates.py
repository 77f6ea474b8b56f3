"""The templates of new messages of each channel."""

from zi_notify.domain.delivery import Channel
from zi_notify.texts.letter import templates
from zi_notify.texts.short_message import phone_templates
from zi_notify.texts.web_push_texts import web_push_templates
from zi_rules.configuration import Configuration


def templates_for(channel: Channel) -> Configuration:
    match channel:
        case "email" | "messenger":
            return templates()
        case "web_push":
            return web_push_templates()
        case _:
            return phone_templates()
