"""The simulator 演练台: a make-believe chat platform with phones on a local page.

To the bot it is one more line: raw updates come out of it, aiogram's method calls go into it.

    chats      people, chats, messages      wire        … as the Bot API's JSON
    platform   the state and its listeners  keeping     … as plain data, for disk and page
    mailbag    updates that wait            shelf       files and state in a folder
    phones     what a person does           pictures    what a phone makes of a photo
    botside    what the bot does            limits      what Telegram and WeCom forbid
    session    the aiogram session          methods     … by method      markup   … its words
    web        the page's server            guard, orders, stream        its parts
    scenes     sample photos                transcript  the session as conversation text
    door       what only an app's platform has          wecom/  the make-believe WeCom
"""
