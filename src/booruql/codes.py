"""What every error and warning code means: feeds `booruql errors CODE` and docs/errors.md. Imports nothing of ours.

A code is never reused. Adding one is adding a row; a test sees that no code is raised without one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Code(NamedTuple):
    """A code's title, a paragraph about cause and cure, and a query of `site` that meets it ("" when none does)."""

    title: str
    paragraph: str
    site: str = ""
    sample: str = ""


_DANBOORU, _FURBOORU = "danbooru", "furbooru"

CODES: Mapping[str, Code] = {
    "E000": Code(
        "internal error",
        "A defect of booruql itself. Batch mode answers the line with this code, shows the trace on stderr and goes on. "
        "Please report it with the query.",
    ),
    "E001": Code(
        "usage or configuration",
        "An option of a batch line asks for something that does not exist: a site, an entity, a zone, a user. "
        "The message names it and lists what exists.",
    ),
    # --- E1: the text does not parse
    "E101": Code(
        "a group is never closed",
        "A '(' opens a group and no ')' closes it. In tag search a ')' at the end of a word belongs to the word when the "
        "word has its own '(', as in sky_(painting); the ')' of the group then still has to follow.",
        _DANBOORU, "(cat or dog",
    ),
    "E102": Code(
        "a ')' closes nothing",
        "A ')' stands where no group is open. A tag may end in ')', but no word may begin with one.",
        _DANBOORU, "cat )",
    ),
    "E103": Code(
        "a term is missing",
        "A prefix, a keyword, a comma or a '(' needs a term after it, and a keyword needs one before it too.",
        _DANBOORU, "cat -",
    ),
    "E104": Code(
        "a quoted value is not closed, or has a bad escape",
        "A value that begins with a quote runs to the next quote of the same kind. Inside, a backslash may stand only "
        "before that quote.",
        _DANBOORU, 'source:"a b',
    ),
    "E105": Code(
        "text is left over after the query",
        "The query is complete, and more follows that no operator joins to it. Write ',' or AND before it, or quote a "
        "term that holds parentheses.",
        _FURBOORU, "(cat) dog",
    ),
    "E106": Code(
        "two prefixes before one term",
        "A term takes one '-' or one '~'. A second one needs a group between: -(-cat).",
        _DANBOORU, "--cat",
    ),
    "E107": Code(
        "a keyword is no tag",
        "'and' and 'or' join terms and are never tags. They need a blank and a term after them.",
        _DANBOORU, "cat or",
    ),
    "E108": Code(
        "not text",
        "The query is not a text, or holds half of a surrogate pair, which is no character and which no database stores.",
        _DANBOORU, "cat \ud800",
    ),
    "E109": Code(
        "a batch line cannot be read",
        "A line of batch mode is one JSON value: the query as a text, or an object with the query as 'q' and options named "
        "as the flags.",
    ),
    "E110": Code(
        "a parameter is both a value and a group",
        "The URL gives a parameter a value and, elsewhere, keys in brackets, as in search[post]=1&search[post][id]=1. "
        "The site refuses such a URL.",
    ),
    # --- E2: names
    "E201": Code(
        "no such field",
        "A URL parameter or an order names a field that the entity does not have.",
    ),
    # --- E3: values
    "E301": Code(
        "a value cannot be read",
        "The field has a type, and the value is none of that type. Philomena refuses such a query; Danbooru answers it with "
        "nothing, which is warning W203.",
        _FURBOORU, "score:many",
    ),
    "E302": Code(
        "a range on a field without ranges",
        "'.gt', '.gte', '.lt' and '.lte' go with numbers, floats and dates. Names, texts, addresses and yes/no fields take "
        "':' alone.",
        _FURBOORU, "uploader_id.gt:5",
    ),
    "E303": Code(
        "two ranges at once",
        "A deviation such as 10~2 is a range already, so it cannot be combined with '.gt' or its like.",
        _FURBOORU, "score.gt:10~2",
    ),
    "E304": Code(
        "an impossible date",
        "The value has the form of a date, but the calendar has no such day, the zone does not exist, or it is further away "
        "than the site reads.",
        _FURBOORU, "created_at:2023-02-29",
    ),
    "E305": Code(
        "a negative boost",
        "The number after '^' multiplies relevance and is 0 or more.",
        _FURBOORU, "cat^-1",
    ),
    "E306": Code(
        "an invalid gallery, filter or 'my' word",
        "The field is known, but names a gallery, a filter or a list that does not exist or that this viewer may not use.",
        _FURBOORU, "gallery_id:first",
    ),
    # --- E4: structure
    "E401": Code(
        "two orders at once",
        "A search has one order. 'order:', 'ordfav:', 'ordpool:' and 'ordfavgroup:' exclude each other.",
        _DANBOORU, "cat order:score ordfav:alder",
    ),
    "E402": Code(
        "used twice with two values",
        "Orders, 'limit:' and 'random:' hold for the whole search, so each may have one value only.",
        _DANBOORU, "cat limit:5 limit:10",
    ),
    "E403": Code(
        "cannot be negated",
        "Orders, 'limit:' and 'random:' are no conditions: they cannot be true or false of a post.",
        _DANBOORU, "cat -order:score",
    ),
    "E404": Code(
        "cannot be part of a choice",
        "Orders, 'limit:' and 'random:' are no conditions: they cannot stand on one side of an 'or'.",
        _DANBOORU, "cat or order:score",
    ),
    "E405": Code(
        "a filter inside a filter",
        "A filter's own query may not use 'filter_id:', and a watch list not 'my:watched': it would never end.",
    ),
    # --- E5: the target
    "E501": Code(
        "not supported by this target",
        "The chosen back end, database or layout has no exact form of this term. Nothing is approximated: another back end, "
        "or exact=\"residual\" where a superset will do, answers the query.",
    ),
    "E502": Code(
        "the source does not carry this relation",
        "The term asks about related rows (comments, pools, favourites, ...) that plain API records do not hold. A site dump "
        "or a database answers it.",
    ),
    "E503": Code(
        "the order is not supported by this target",
        "The back end cannot sort by this: an order by relevance, for example, exists in Elasticsearch and OpenSearch alone.",
    ),
    "E504": Code(
        "only on PostgreSQL",
        "Regular expressions and similarity are those of PostgreSQL, and no other engine has the same ones.",
    ),
    # --- E6: limits
    "E601": Code(
        "too many characters",
        "The query is longer than the embedder allows (10,000 characters unless set otherwise with Limits).",
    ),
    "E602": Code(
        "nested too deep",
        "Groups, or negations of groups, stand in each other deeper than the embedder allows (100 unless set otherwise).",
    ),
    "E603": Code(
        "too many terms",
        "The query has more terms than the embedder allows (1,000 unless set otherwise).",
    ),
    "E604": Code(
        "too many clauses",
        "The normal form that 'parse --to cnf' prints doubles with every 'or' of groups, and stops at 400 clauses. The query "
        "itself runs: no back end computes that form.",
        _DANBOORU, "",
    ),
    "E605": Code(
        "more tags than the site allows",
        "The site lets this viewer search for a few tags at once only. Limits of sites hold with '--limits site' alone.",
    ),
    "E606": Code(
        "took too long",
        "The query was still running when the time given with '--timeout' was over, and was stopped.",
    ),
    # --- W2: warnings
    "W201": Code(
        "an unknown word before a colon",
        "The text looks like 'field:value', but the site has no such field and reads all of it as a tag.",
        _DANBOORU, "scoer:>50",
    ),
    "W202": Code(
        "an unknown name",
        "No user, pool or group of that name is known, so the term matches nothing.",
        _DANBOORU, "user:nobody_here",
    ),
    "W203": Code(
        "the value cannot be read and matches nothing",
        "The site does not refuse a value that it cannot read: the term matches nothing, its negation everything.",
        _DANBOORU, "score:many",
    ),
    "W204": Code(
        "the site drops this term",
        "The site ignores the term, and so does booruql.",
    ),
    "W205": Code(
        "overwritten by a later term",
        "Only the last of these terms counts on this site.",
    ),
    "W206": Code(
        "the value is cut",
        "The site keeps only the first part of the value, or the nearest value that it allows.",
    ),
    "W207": Code(
        "a wildcard without a tag table",
        "The site replaces a wildcard by the 100 most used tags that match it. Without a catalog booruql cannot know them, so "
        "the wildcard matches by its letters, whatever the number of tags.",
        _DANBOORU, "blue_*",
    ),
    "W208": Code(
        "an unknown parameter",
        "The URL parameter means nothing to this entity and is ignored, as the site does.",
    ),
    "W209": Code(
        "a filter that does not compile hides everything",
        "The text of a filter or watch list has an error. The site then lets it match every image, and so does booruql.",
    ),
    "W210": Code(
        "a blacklist line that does not compile hides nothing",
        "Each line of a blacklist is a search of its own. One with an error is left out, the others still hide.",
    ),
    "W211": Code(
        "a saved query has no order and no limit",
        "A saved query is asked of one post at a time: in which order and how many it would list means nothing there.",
    ),
    "W212": Code(
        "left to be run on the site's answer",
        "The site's own API cannot be asked this, or not together with the rest. The term is in the residual query, which the "
        "records of the answer have still to pass.",
    ),
    "W213": Code(
        "the site is asked for every post",
        "Nothing in the query is a tag or rating that the site can look up, so its answer is all posts, page by page.",
    ),
    "W214": Code(
        "the record does not tell",
        "A plain record of the site's API has no member for the field, so the field counts as missing: terms that ask it do not "
        "hold, their negations do. A document of the site's own index has it.",
    ),
    "W215": Code(
        "another language's spelling",
        "The text is how other search languages write a comparison, an operator or a quote. This site reads it as a tag.",
        _DANBOORU, "score>50",
    ),
    "W216": Code(
        "probably a misspelt tag",
        "No post has the tag, as the catalog knows, but many have one that is spelled nearly so: a character more, less or "
        "replaced, or two neighbours that changed places. The term matches nothing, as on the site.",
    ),
}  # fmt: skip
