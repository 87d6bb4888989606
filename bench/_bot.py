"""What a bot and its Telegram know each other by."""

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
SECRET = "town-square-notice-board"
