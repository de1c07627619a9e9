"""The intelligent robot (智能机器人): one long connection, no public address needed.

frames     what goes over the wire, no I/O      socket   the connection and its keeping
queue      what came and isn't stored yet       translate   a callback as an update
callbacks  which can still be answered          session  the robot as an aiogram session
sending    messages out, answers first          uploads  files up, in pieces
files      encrypted files, fetched at once
"""
