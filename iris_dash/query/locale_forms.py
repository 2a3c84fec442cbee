"""How each language and region writes numbers and days, one line per form, from CLDR 48.

A region stands here where it differs from its language. Digits are 0 to 9 everywhere; the Swiss
apostrophe is the printed one. English, and that of the United States, writes days as ISO 8601: its
own order of month and day is read otherwise in the rest of the world.
"""

from __future__ import annotations

FORMS: tuple[tuple[str, str, int, int, str, str], ...] = (
    (".", ",", 3, 4, "%Y-%m-%d", "ps rw"),
    (".", ",", 3, 4, "%Y/%m/%d", "eu"),
    (".", ",", 3, 4, "%d-%m-%Y", "es-CL fy jv nl qu-BO wo"),
    (".", ",", 3, 4, "%d. %m. %Y.", "bs hr"),
    (".", ",", 3, 4, "%d.%m.%Y", "az da de dsb fo hsb is ku lb mk ro tr"),
    (".", ",", 3, 4, "%d.%m.%Y.", "sr"),
    (
        ".",
        ",",
        3,
        4,
        "%d/%m/%Y",
        "ar-DZ ar-LB ar-LY ar-MA ar-MR ar-TN ca el en-AT en-BE en-DE en-DK en-ES en-ID en-IT "
        "en-NL en-PL en-RO en-SI es-AR es-BO es-CO es-EC es-PY es-UY es-VE fr-LU fr-MA gl id "
        "lo ms-BN ms-ID nl-BE pt sc su sw-CD vi",
    ),
    (".", ",", 3, 5, "%d-%m-%Y", "ia"),
    (".", ",", 3, 5, "%d. %m. %Y", "sl"),
    (".", ",", 3, 5, "%d/%m/%Y", "es it"),
    ("\u00a0", ",", 3, 4, "%Y-%m-%d", "af en-SE fr-CA lt oc sv"),
    ("\u00a0", ",", 3, 4, "%Y/%m/%d", "en-ZA"),
    ("\u00a0", ",", 3, 4, "%d. %m. %Y", "cs sk"),
    ("\u00a0", ",", 3, 4, "%d.%m.%Y", "de-AT fi kk ky nb nn no ru sv-FI tk tt uk"),
    (
        "\u00a0",
        ",",
        3,
        4,
        "%d/%m/%Y",
        "en-CZ en-EE en-FI en-HU en-LT en-LV en-NO en-PT en-SK en-UA es-CR tg uz",
    ),
    ("\u00a0", ",", 3, 5, "%Y. %m. %d.", "hu"),
    ("\u00a0", ",", 3, 5, "%d.%m.%Y", "be bg et hy ka lv pl ru-UA sq"),
    (
        "\u00a0",
        ",",
        3,
        5,
        "%d/%m/%Y",
        "pt-CH pt-CV pt-GQ pt-GW pt-LU pt-MO pt-MZ pt-PT pt-ST pt-TL",
    ),
    ("\u202f", ",", 3, 4, "%Y-%m-%d", "eo"),
    ("\u202f", ",", 3, 4, "%d-%m-%Y", "rm"),
    ("\u202f", ",", 3, 4, "%d.%m.%Y", "fr-CH"),
    ("\u202f", ",", 3, 4, "%d/%m/%Y", "en-FR en-GE fr"),
    (",", ".", 2, 4, "%Y-%m-%d", "ne"),
    (",", ".", 2, 4, "%d-%m-%Y", "as kok te"),
    (",", ".", 2, 4, "%d/%m/%Y", "bn en-IN gu hi ml mr pa sa ta"),
    (",", ".", 2, 4, "%m/%d/%Y", "or"),
    (",", ".", 3, 4, "%Y-%m-%d", "en en-CA ha ku-IQ sd si ug zu"),
    (",", ".", 3, 4, "%Y. %m. %d.", "ko"),
    (",", ".", 3, 4, "%Y.%m.%d", "mn"),
    (",", ".", 3, 4, "%Y/%m/%d", "en-JP fa ja yue zh zh-SG"),
    (",", ".", 3, 4, "%d-%m-%Y", "kk-CN mi qu"),
    (",", ".", 3, 4, "%d.%m.%Y", "he"),
    (
        ",",
        ".",
        3,
        4,
        "%d/%m/%Y",
        "am ar cy en-AE en-AG en-AI en-AU en-BB en-BM en-BS en-BW en-BZ en-CM en-CY en-DM "
        "en-ER en-FJ en-GB en-GH en-GI en-GM en-GY en-HK en-IE en-IL en-JM en-KE en-KY en-LR "
        "en-LS en-MG en-MO en-MT en-MU en-MW en-MY en-NA en-NG en-NZ en-PG en-PK en-RW en-SB "
        "en-SC en-SD en-SG en-SL en-SS en-SZ en-TO en-TT en-TZ en-UG en-VC en-VU en-WS en-ZM "
        "en-ZW es-419 es-BR es-BZ es-CU es-DO es-GT es-HN es-MX es-NI es-PE es-SV es-US ga gd "
        "ig km kn ms mt my pa-PK so sw ta-MY ta-SG th to ur yo zh-HK zh-MO",
    ),
    (",", ".", 3, 4, "%m/%d/%Y", "ceb chr es-PA es-PR fil sd-IN ti"),
    ("\u00a0", ".", 3, 4, "%m/%d/%Y", "xh"),
    ("’", ".", 3, 4, "%Y-%m-%d", "tn"),
    ("’", ".", 3, 4, "%d.%m.%Y", "de-CH de-LI en-CH"),
    ("’", ".", 3, 5, "%d.%m.%Y", "it-CH"),
)
"""What parts thousands, what parts decimals, digits of the groups before the last, digits from
which on numbers are grouped, a day as `strftime` writes it, and the tags.
"""
