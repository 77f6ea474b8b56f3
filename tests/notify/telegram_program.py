"""The program that hands a message over, with Telegram's Bot API on a port of this machine: the first argument."""

import sys

from apprise.plugins.telegram import NotifyTelegram

from zi_notify.channels.messenger_call import main

NotifyTelegram.notify_url = f"http://127.0.0.1:{sys.argv[1]}/bot"
main()
