"""The intelligent robot (智能机器人): one long connection, no public address needed.

frames    what goes over the wire, no I/O        socket     the connection and its keeping
session   the robot as an aiogram session        translate  a callback as an update
files     encrypted media, fetched at once; chunked uploads
"""
