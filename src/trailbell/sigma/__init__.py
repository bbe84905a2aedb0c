"""Sigma rules → Trailbell rules: https://sigmahq.io/docs/basics/rules.html.

pySigma reads the rules; this room turns the trees that it gives into patterns, and refuses, with
the reason, what the language cannot say. Every module but ``refusal``, ``conditions``, ``fields``
and ``regexes`` needs pySigma, which the extra ``sigma`` brings.

.. code-block:: text

    documents   a file → its YAML documents, harmless to work on
    rules       a document → a rule of a rule file, or a refusal
    translation   its detections and condition → a condition of the language
    operands        a text with wildcards → what a field is compared with
    regexes         a regex, or a network → regexes of the language
    fields          what CloudTrail's fields hold, and how AWS spells it
    conditions    a condition → one pattern, or several of which any may hold
    importing   all documents → the rules, and what became of each
    writing     rules → the text of a rule file

What Sigma leaves open is decided here, and is the same everywhere. A number, true and false count
as their texts. A list or an object is neither equal to a value nor different from it, so that a
condition on it does not hold, be it under "not" or not; a list that holds null counts as null, as
in the language. Upper and lower case of the letters A to Z are one, except where a rule says
``cased`` and where AWS itself writes the value (``fields``).
"""
