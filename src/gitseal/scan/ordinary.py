"""Values that are looked for nowhere, because ordinary output is full of them.

The rule, the same for redaction and for the hook: a value is looked for when it has at least 8 bytes, and is none of

* a number, date, time, version or address: digits with `. : / _ + -`, blanks and the letters T and Z, up to 24 characters,
  of which the digits do not mix with other letters;
* a common word of configuration, in any case, alone or several joined by `. _ - /` and digits (`production`,
  `eu-west-1`, `my-service`, `localhost:5432`);
* one character repeated;
* public by its shape, like a publishable key (`scan.publishable`).

A password made of such words alone is therefore not redacted: a value that matters is a random one.
"""

import re

from gitseal.scan.publishable import is_publishable

MINIMUM = 8
_LONGEST = 64

_FIGURES = re.compile(rb"[0-9.:/_+\-TZ ]{1,24}")
_PARTS = re.compile(rb"[^A-Za-z]+")
WORDS = frozenset(
    b"""
    access account action active address admin administrator agent alias all allow alpha amazon amazonaws analytics and api
    app application archive arn asset assets async auth author auto aws azure back backend backup bar base basic batch beta
    billing bin black blue board body bool boolean bot box branch bridge browser bucket build cache callback camel canary
    catalog category central certificate change channel charset chat check checkout child class client cloud cluster code
    color com command comment common compat complete component compose config configuration connect connection console
    consumer container content context control cookie core count country cpu create cron csv current customer daemon daily
    dark dashboard data database date day db debug decode default delete demo deploy deployment desktop detail dev
    develop developer development device dir directory disable disabled display dist docker document documents domain
    domains draft drive driver dry east edge edit email empty enable enabled encode end endpoint engine english entry env
    environment error errors eu europe event events every example exchange export express external fail failed false
    fast feature features feed file files filter final first flag flags folder foo force format forward frankfurt free from
    frontend ftp full function gateway general get gmail go google gov graphql green group guest handler hash head header
    health hello help hidden high home host hosted hosting hour hourly html http https hub id image images import in
    index info information init inline input insert instance int integer integration interface internal internet interval
    invoice io ip ireland issue item items java javascript job jobs json keep key keys kubernetes label lambda lang
    language last latest layer lead left legacy level library light limit line link linux list listen live load loader local
    localhost location lock log logger logging login logs london long lost low machine mail main maintenance major manage
    manager manual map mark markdown master max maximum media medium member memory menu merge message messages meta method
    metric metrics microsoft middleware migrate migration min minimum minor minute mobile mock mode model module monitor
    month monthly move mq multi my mysql name namespace native net network never new news next nginx night no node none
    normal north not note notification notifications null number object off office offline ok old on online only open
    option options or oracle order orders org organization origin other out output override owner package page pages
    panel parent parse parser partner pass password patch path payment payments pdf pending people perl permission person
    phone php ping pipeline plain platform play plugin png policy pool pop port portal post postgres postgresql prefer
    prefix preprod preview primary print prisma priority private process prod producer product production profile
    program project prometheus promo properties property protocol provider proxy public publish pull push python qa
    quality query queue quick quiet rabbitmq random range rate raw read ready real record red redirect redis reference
    refresh region register registry release reload remote remove render replica report repository request require
    required reset resource response rest restart result retry return review right role root route router row rows rule
    rules run runner runtime safe sample sandbox save scale schedule scheduler schema scope score script search second
    secondary secret secrets section secure security seed select send sender sentry server service services session set
    settings setup shadow share shared shop short show side sign signup simple single singapore site size skip slack slow
    small smtp socket software source south space spec sql sqlite ssh ssl stable stack stage staging standard start state
    static status stdout stop storage store stream strict string stripe style sub submit success suffix support switch sync
    system table tag target task team temp template tenant term terminal test testing tests text theme this thread time
    timeout timezone title tls to token tool tools topic total trace tracing track traffic transaction transfer true trust
    type ubuntu ui undefined unique unit unix unknown unset up update upgrade upload uri url us usage use user username
    users util utils valid validate value values variable vendor verbose verify version video view views virtual visitor
    volume warn warning watch web webhook webhooks website week weekly west what wheel white widget width window windows
    word work worker workers workflow workspace world write www xml yaml year yes your zone
    """.split()
)


def is_ordinary(value: bytes) -> bool:
    """True if a value is too short, too common or too public to be looked for."""
    if len(value) < MINIMUM or len(set(value)) == 1 or _FIGURES.fullmatch(value) or is_publishable(value):
        return True
    return len(value) <= _LONGEST and all(part in WORDS for part in _PARTS.split(value.lower()) if part)
