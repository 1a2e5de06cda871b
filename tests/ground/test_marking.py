"""Words that were looked for, marked in what is shown."""

from ground.marking import excerpt, marked, stand_in


def test_words_that_begin_so_are_marked_without_regard_to_case_and_diacritics():
    assert marked("Šiaurės energija, ENERGY", ["siaur", "energ"]) == (
        "<mark>Šiaurės</mark> <mark>energija</mark>, <mark>ENERGY</mark>"
    )


def test_a_code_is_marked_whole_when_it_was_typed_without_its_marks():
    assert marked("S-NET-24-50 · KTU", ["snet24"]) == "<mark>S-NET-24-50</mark> · KTU"
    assert marked("S-NET-24-50", ["net"]) == "S-<mark>NET</mark>-24-50"


def test_everything_around_and_within_a_mark_is_escaped():
    assert marked("<b>bold</b> & b<i>", ["bold", "b"]) == (
        "&lt;<mark>b</mark>&gt;<mark>bold</mark>&lt;/<mark>b</mark>&gt; &amp; <mark>b</mark>&lt;i&gt;"
    )
    assert marked('"><script>alert(1)</script>', ["script"]) == (
        "&quot;&gt;&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt;"
    )


def test_nothing_to_mark_leaves_the_text():
    assert marked("Nothing", []) == "Nothing"
    assert marked("", ["x"]) == ""


def test_an_excerpt_lies_around_the_first_word_and_has_no_markdown():
    long = "**Word** " * 40 + "[the wind](https://x.example) " + "after " * 60
    part = excerpt(long, ["wind"])
    assert part.startswith("… ")
    assert part.endswith(" …")
    assert "the wind after" in part
    assert "*" not in part
    assert "https" not in part
    assert len(part) < 220
    assert excerpt("Nothing here", ["wind"]) == ""
    assert excerpt("Wind", ["wind"]) == "Wind"


def test_only_words_that_stand_in_a_text_are_told():
    assert stand_in("Energy for houses", ["energ", "secret"]) == {"energ"}
