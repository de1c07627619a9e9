"""The make-believe WeCom: the simulator's phones behind WeCom's own doors, as strict as documents.

corp       one corporation: members, tokens, codes, media      records   … as plain records
checks     what a request body must be like                    cards     … a template card
api        the active interface                                messages, media_api  its calls
callbacks  what a person does, as WeCom's callbacks            faults    faults on purpose
server     the HTTP server, also as a process of its own       robot     the long connection
"""
