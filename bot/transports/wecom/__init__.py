"""WeCom 企业微信, and whatever speaks the same interface elsewhere: two lines, one id a person.

The self-built app (自建应用) is called back over HTTP and answers over HTTP; the robot (智能机器人)
holds one long connection. Both hand raw updates to an `accept`, both take aiogram's method calls.
They know neither inbox nor handlers; what they must remember they keep in a `Book`.

    config    what a line is set up with       book      what a line remembers
    updates   aiogram's updates as JSON        translate a message of the app as an update
    crypto    the envelope, no I/O             callback  the app's callbacks, verified and kept
    xml       its XML as a dict                fields    what stands in it, untrusted
    client    the active interface             errors    its error codes
    cards     a message as template card or numbered text, no I/O
    texts     split, shortened, as written     menus     numbered choices and their answers
    reading   what a method wants shown        outgoing  … as the requests that carry it
    session   the app as an aiogram session    methods   its dispatch table
    carrying  what both sessions do alike      trust     whose certificates are good
    sending   to a member, changed, recalled   groups    to a group
    shown     drafts and sent messages         media     files up and down
    directory who a member is                  menu      the app's menu     probe  what works
    datum     GCJ-02 to WGS-84                 robot/    the long connection
"""
