from explorer.ui.words import as_text


def test_what_strangers_named_has_no_markup_left():
    plain = "faces-2 of mnist, 3-D ä 中"
    for name in ("**b**", "_i_", "![x](http://x/y.png)", "[x](y)", "<b>", ":red[x]", "$x$", "`x`", "~~x~~", "www.x.org", "# x", "a|b",
                 "\\"):
        marks = [c for c in name if not c.isalnum() and c not in " -"]
        assert as_text(name).count("\\") == len(marks) + name.count("\\") and as_text(name).replace("\\", "") == name.replace("\\", "")
    assert as_text(plain).replace("\\,", ",") == plain
