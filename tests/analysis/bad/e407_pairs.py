"""More sources than targets."""

import bouton as bt

CODE = "E407"
AT = None


def build():
    bt.Pairs([0, 1], [0])
