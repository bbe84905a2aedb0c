r"""The filter pattern language of CloudWatch Logs.

It is the language of metric filters, subscription filters, ``FilterLogEvents`` and Live Tail:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
This package knows the language and nothing else: no AWS, no log format.

.. code-block:: text

    pattern  = terms | regex | json | fields                 told apart by the first character

    terms    = { [ "-" | "?" ] ( word | phrase ) }           ERROR -timeout, ?WARN ?ERROR
    regex    = "%" body "%"                                  %status: \d{3}%

    json     = "{" or "}"                                    { $.level = ERROR && $.code >= 500 }
    fields   = "[" [ field { "," field } ] "]"               [ip, ..., status = 4*, bytes > 1000]
    field    = "..." | nothing | name | or                   all conditions on its own name

    or       = and { "||" and }
    and      = group { "&&" group }
    group    = "(" or ")" | condition
    condition = selector ( operator operand                  json
                         | "IS" ( "NULL" | "TRUE" | "FALSE" )
                         | "NOT" "EXISTS" )
             | name [ operator operand ]                     fields
    selector = "$." step { "." step | "[" digits "]" | "[*]" | "['" key "']" }
    step     = name | "*" | "['" key "']"
    operator = "=" | "!=" | "<" | "<=" | ">" | ">="          the last four only before a number
    operand  = number | '"' text '"' | word | regex

What a pattern means:

*   Terms are looked for anywhere in the message, also inside words. All plain ones must occur and
    none with "-"; of those with "?" one must, unless others stand beside them, which makes "?"
    terms idle. No terms match every message.
*   A JSON pattern holds only of messages that are a JSON object. "=" and "!=" ask for a text or a
    number: nothing else equals anything, and nothing else differs, least of all what is absent.
    Numbers compare by value, and with a text by how they are written. Orderings hold of numbers
    alone. "*" at an end of a text stands for any text.
*   With a wildcard in its selector, a condition asks whether any selected value satisfies it, but
    "!=" whether none equals.
*   A message of fields is split at whitespace, quotes and brackets keeping texts together. Without
    "..." the last field takes all that is left.
*   Matching never raises and takes time linear in the length of the message.

The modules in the order in which they work: ``lexer`` cuts a text into tokens; ``parser`` with
``terms``, ``selector`` and ``regex`` makes the tree of ``nodes``, and ``mistakes`` words what is
wrong; ``evaluation`` makes the tree a function of a ``message``; ``explanation`` says with
``words`` why it holds or not; ``lint`` tells what was probably not meant.
"""

from trailbell.errors import PatternSyntaxError
from trailbell.pattern.compiled import Pattern, compile_pattern
from trailbell.pattern.explanation import Explanation
from trailbell.pattern.lint import Finding, lint
from trailbell.pattern.message import Message

__all__ = [
    "Explanation",
    "Finding",
    "Message",
    "Pattern",
    "PatternSyntaxError",
    "compile_pattern",
    "lint",
]
