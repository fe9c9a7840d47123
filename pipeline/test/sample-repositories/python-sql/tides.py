KNOWN = {"cuxhaven": [0.4, 3.3, 0.5, 3.4], "husum": [0.2, 3.6, 0.3, 3.5]}


def heights(harbour):
    return KNOWN.get(harbour, [])
