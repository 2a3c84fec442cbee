"""Scales whose order everybody knows: weekdays, months, sizes, grades of agreement."""

from __future__ import annotations

LISTS = (
    "monday|mon, tuesday|tue|tues, wednesday|wed, thursday|thu|thur|thurs, friday|fri,"
    " saturday|sat, sunday|sun",
    "montag|mo, dienstag|di, mittwoch|mi, donnerstag|do, freitag|fr, samstag|sa|sonnabend,"
    " sonntag|so",
    "lundi|lun, mardi|mar, mercredi|mer, jeudi|jeu, vendredi|ven, samedi|sam, dimanche|dim",
    "lunes|lun, martes|mar, miércoles|mié, jueves|jue, viernes|vie, sábado|sáb, domingo|dom",
    "january|jan, february|feb, march|mar, april|apr, may, june|jun, july|jul, august|aug,"
    " september|sep|sept, october|oct, november|nov, december|dec",
    "januar|jan|jänner, februar|feb, märz|mär|mrz, april|apr, mai, juni|jun, juli|jul, august|aug,"
    " september|sep|sept, oktober|okt, november|nov, dezember|dez",
    "janvier|janv, février|févr|fév, mars, avril|avr, mai, juin, juillet|juil, août,"
    " septembre|sept, octobre|oct, novembre|nov, décembre|déc",
    "enero|ene, febrero|feb, marzo|mar, abril|abr, mayo|may, junio|jun, julio|jul, agosto|ago,"
    " septiembre|sep|sept, octubre|oct, noviembre|nov, diciembre|dic",
    "spring, summer, autumn|fall, winter",
    "early morning, morning, noon|midday, afternoon, evening, night",
    "breakfast, lunch, dinner",
    "hourly, daily, weekly, monthly, quarterly, yearly|annually|annual",
    "none, lowest|very low|minimal, low|lower, medium low,"
    " medium|moderate|mid|middle|normal|average, medium high, high|higher, very high|highest,"
    " urgent|critical|extreme",
    "trivial, minor, moderate, major, critical, blocker",
    "none|no, minimal|very mild, mild, moderate, severe, very severe|critical|extreme",
    "xxxs|3xs, xxs|2xs, xs|extra small|x small|very small, s|small, m|medium|md,"
    " l|large, xl|extra large|x large|very large, xxl|2xl, xxxl|3xl, xxxxl|4xl, 5xl, 6xl",
    "tiny, small, medium, large|big, huge",
    "short, medium, long",
    "strongly disagree|completely disagree|totally disagree, disagree,"
    " somewhat disagree|slightly disagree|mildly disagree,"
    " neither agree nor disagree|neither|neutral|undecided,"
    " somewhat agree|slightly agree|mildly agree, agree,"
    " strongly agree|completely agree|totally agree",
    "very dissatisfied|extremely dissatisfied, dissatisfied|unsatisfied,"
    " somewhat dissatisfied|slightly dissatisfied,"
    " neither satisfied nor dissatisfied|neutral, somewhat satisfied|slightly satisfied, satisfied,"
    " very satisfied|extremely satisfied",
    "very unlikely|extremely unlikely, unlikely, somewhat unlikely|slightly unlikely,"
    " neither likely nor unlikely|neutral, somewhat likely|slightly likely, likely,"
    " very likely|extremely likely",
    "not at all, slightly|a little|a little bit, somewhat, moderately, quite|quite a bit, very,"
    " extremely",
    "much worse, worse|somewhat worse, about the same|the same|same, better|somewhat better,"
    " much better",
    "terrible|awful, very poor|very bad, poor|bad, fair, average|ok|okay|neutral, good, very good,"
    " premium|great, excellent|ideal, outstanding|perfect",
    "never, almost never|hardly ever|very rarely, rarely|seldom, occasionally,"
    " sometimes, often|frequently, very often|usually|almost always|most of the time, always",
    "never, former|formerly, current|currently",
    "negative|neg, neutral, positive|pos",
    "no|n, maybe|perhaps|partly|partially, yes|y",
    "false|f, true|t",
    "off, on",
    "cold, cool, mild, warm, hot",
    "before|pre, during, after|post",
    "infant|baby, child, teen|teenager|adolescent, young adult, adult, middle aged, senior|elderly",
    "beginner|novice, intermediate, advanced, expert",
    "intern, junior|jr, mid|middle|intermediate, senior|sr, lead, principal",
    "primary, secondary, tertiary",
    "bronze, silver, gold, platinum, diamond",
    "zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve",
    "first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth",
)
"""A scale a text, its steps in order between commas, of a step the ways to write it."""

SCALES: tuple[dict[str, int], ...] = tuple(
    {word.strip(): place for place, step in enumerate(text.split(",")) for word in step.split("|")}
    for text in LISTS
)
"""The place of each word in its scale."""

NO_ANSWERS = frozenset(
    {"", "don't know", "dont know", "do not know", "don’t know", "unknown", "unsure", "not sure"}
    | {"other", "n/a", "na", "not applicable", "no answer", "no opinion", "no response", "refused"}
    | {"prefer not to say", "prefer not to answer", "not stated", "missing", "?", "-"}
)
"""What stands beside any scale, behind it."""
