"""Fonts cut down to the characters that the pages use.

The font of the formulas holds thousands of signs, of which the book needs a
few hundred; its MATH table, which says how roots and brackets grow, is kept.
"""

import logging

from fontTools import subset
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

GROWING = "√()[]{}⟨⟩⌊⌋⌈⌉∑∏"
WIDEST = 1.1
logging.getLogger("fontTools").setLevel(logging.WARNING)


def cut(source, target, text):
    """Write the part of a font that is needed to set ``text``, as WOFF2."""
    font = TTFont(source)
    options = subset.Options(layout_features=["*"], flavor="woff2")
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(font)
    if "MATH" in font:
        even_widths(font)
    font.flavor = "woff2"
    target.parent.mkdir(parents=True, exist_ok=True)
    font.save(target)


def even_widths(font):
    """Make a sign's taller forms hardly wider than its smallest.

    Chromium reserves for each root and bracket the width of its widest form,
    whichever it draws, and so leaves a gap behind the small ones.
    """
    names = font.getBestCmap()
    variants = font["MATH"].table.MathVariants
    forms = dict(
        zip(
            variants.VertGlyphCoverage.glyphs,
            variants.VertGlyphConstruction,
        )
    )
    for sign in GROWING:
        base = names.get(ord(sign))
        if base not in forms:
            continue
        widest = WIDEST * font["hmtx"][base][0]
        taller = {v.VariantGlyph for v in forms[base].MathGlyphVariantRecord}
        if forms[base].GlyphAssembly:
            taller |= {p.glyph for p in forms[base].GlyphAssembly.PartRecords}
        for glyph in taller:
            if font["hmtx"][glyph][0] > widest:
                condense(font, glyph, widest / font["hmtx"][glyph][0])


def condense(font, glyph, factor):
    """Scale a glyph's outline and its advance in width by ``factor``."""
    width, bearing = font["hmtx"][glyph]
    pen = TTGlyphPen(None)
    decomposed = DecomposingRecordingPen(font.getGlyphSet())
    font.getGlyphSet()[glyph].draw(decomposed)
    decomposed.replay(TransformPen(pen, (factor, 0, 0, 1, 0, 0)))
    font["glyf"][glyph] = pen.glyph()
    font["hmtx"][glyph] = (round(width * factor), round(bearing * factor))
