from tides import heights


def test_an_unknown_harbour_has_no_heights():
    assert heights("atlantis") == []
