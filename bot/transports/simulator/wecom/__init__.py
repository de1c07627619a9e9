"""The make-believe WeCom: the simulator's phones behind WeCom's doors, as strict as its documents.

A person's act on a phone becomes a callback, a call of the active interface a message on a phone.

    corp       one corporation: members, tokens, codes, media    records     … as plain records
    checks     what a request must be like                       cards       … a template card
    api        the active interface                              messages, media, office   its calls
    callbacks  what a person does is called back                 happenings, datum         … as XML
    server     the HTTP server                                   faults      faults on purpose
    control    strings for tests of a process of its own
    robot      what a person does is told over the long connection, robot_told   … as JSON
    robot_line the connection's far end                          robot_calls what its commands do
"""
