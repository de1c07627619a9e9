"""From raw updates to the inbox, and from the inbox through the lanes to the Dispatcher.

Nothing is acknowledged before it is stored. Knows no deed by name.

    keys   an update's key and lane      desk   a handler's one deed      lanes   one a chat
"""
