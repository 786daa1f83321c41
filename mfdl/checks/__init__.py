"""Checkers for the code exercises, one module a chapter.

``from mfdl.checks import chain_rule as check`` and then
``check.scale_shift(scale_shift_backward)``: a checker prints one message. It
tries the answer on small instances, and says what is wrong with the first
that fails.
"""
