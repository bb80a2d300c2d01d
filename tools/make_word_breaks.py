"""Writes src/booruql/word_breaks.txt: how Lucene's words see each character, from ICU's tables of the same Unicode.

Needs Java, and the jar of com.ibm.icu:icu4j:64.2 (Unicode 12.1) as its argument; Maven fetches it with `dependency:get`.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from itertools import groupby
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src" / "booruql" / "word_breaks.txt"
JAVA = """
import com.ibm.icu.lang.*;
public class Dump {
    public static void main(String[] arguments) {
        for (int c = 0; c < 0x110000; c++) {
            int property = UCharacter.getIntPropertyValue(c, UProperty.WORD_BREAK);
            String kind = UCharacter.getPropertyValueName(UProperty.WORD_BREAK, property, UProperty.NameChoice.SHORT);
            boolean thai = UCharacter.getIntPropertyValue(c, UProperty.LINE_BREAK) == UCharacter.LineBreak.COMPLEX_CONTEXT;
            boolean tone = UCharacter.hasBinaryProperty(c, UProperty.EMOJI_MODIFIER);
            boolean picture = UCharacter.hasBinaryProperty(c, UProperty.EXTENDED_PICTOGRAPHIC);
            int script = UScript.getScript(c);
            String written = script == UScript.HAN ? "Han" : script == UScript.HIRAGANA ? "Hiragana" : "";
            String more = thai ? "Thai" : tone ? "Tone" : picture ? "Picture" : written;
            System.out.println(kind + " " + more);
        }
    }
}
"""
KINDS = {
    "LE": "A", "HL": "B", "NU": "N", "KA": "K", "EX": "_", "ML": ":", "MN": ",", "MB": ".", "SQ": "'", "DQ": '"', "RI": "R",
    "Extend": "X", "FO": "X", "ZWJ": "X",
}  # fmt: skip
OTHERS = {"Thai": "S", "Picture": "E", "Han": "I", "Hiragana": "H"}
MARKS = {"Thai": "x", "Tone": "T"}


def letter(line: str) -> str:
    """The class of a character: a letter, `-` for what stands between words."""
    kind, _, more = line.partition(" ")
    found = KINDS.get(kind) or OTHERS.get(more, "-")
    return MARKS.get(more, found) if found == "X" else found


def main() -> None:
    with tempfile.TemporaryDirectory() as room:
        source = Path(room, "Dump.java")
        source.write_text(JAVA)
        done = subprocess.run(["java", "-cp", sys.argv[1], source], capture_output=True, text=True, check=True)
    runs = [f"{name}{sum(1 for _ in group):x}" for name, group in groupby(map(letter, done.stdout.splitlines()))]
    TARGET.write_text("\n".join(" ".join(runs[at : at + 24]) for at in range(0, len(runs), 24)) + "\n")


if __name__ == "__main__":
    main()
