"""The words that stand around an amount, as patterns on folded text. No nested quantifiers: every pattern is linear."""

from __future__ import annotations

import re
from typing import Final

from bot.recognise.numerals import DIGITS, ONES, TENS

_ARABIC: Final = r"[0-9]+(?:,[0-9]+)*(?:\.[0-9]+)?"
_SPACED: Final = r"(?<![0-9])[0-9]{1,3}(?: [0-9]{3}){2,4}(?![0-9])"
_HEAD: Final = rf"(?:{_SPACED}|{_ARABIC}|[{DIGITS}{TENS}零〇几]|数(?=[十百千万亿])|半(?=个?[万亿]))"
_BODY: Final = (
    rf"(?:{_ARABIC}|[{DIGITS}{TENS}零〇几万亿]|点(?=[{DIGITS}零〇])|(?<=[0-9])w(?![a-z/])|w(?![a-z0-9/])|wan(?![a-z])"
    r"|把(?=[万块])|个?半(?=[万亿])"
    rf"|[多余来](?=[十百千万亿个元块w]|[^\w]|$)|个(?=[多亿百千]|w)| {{1,3}}(?=[万亿]|[百千]万|w(?![a-z0-9/])))"
)
RUN: Final = re.compile(f"{_HEAD}{_BODY}*")
"""A row of numeral characters, the vague ones and the units included."""

VAGUE: Final = re.compile(f"[几数多余来把半]|^[百千]十|[百千]{ONES}(?=[万亿])")
NEIGHBOURS: Final = re.compile("(?<![零〇])[一二三四五六七八九两]{2}(?=[十百千万亿]|$)")
"""三五万, 七八十万: two digits side by side are a range, as long as no 零 makes them a row (一二〇)."""

CURRENCY: Final = re.compile(
    r" ?(?:元(?![旦宵])(?:整|人民币)?|圆整?|块钱?|人民币|rmb|cny|yuan)(?: ?[整正](?![a-z\u4e00-\u9fff]))?"
)
CENTS: Final = re.compile(rf"([0-9{DIGITS}])[角毛](?:([0-9{DIGITS}])分)?|([0-9{DIGITS}])(?![\w.])")
FOREIGN: Final = re.compile(
    r" ?(?:美元|美金|美刀|刀(?![a-z\u4e00-\u9fff])|usd|欧元|eur|日元|日圆|jpy|港币|港元|港纸|hkd|英镑|gbp|新?台币|twd|ntd"
    r"|澳元|澳币|加元|韩元|新币|卢布|泰铢|越南盾)"
)
FOREIGN_BEFORE: Final = re.compile(
    r"(?:(?<![a-z])(?:us|hk|nt|au)?\$|€|£|(?<![a-z])(?:usd|eur|hkd|jpy|gbp)|美元|欧元|港币) ?$"
)

# What the number counts instead of money. The exceptions are words that only begin like a counter.
COUNTED: Final = re.compile(
    r"平方|平米|平(?![\u4e00-\u9fff])|m2|m²|台(?!州|湾|山|北|南|儿|中市)|套(?!装)|件|只(?![有要是能含])|条(?![件款])|根(?!据)"
    r"|吨|公斤|千克|斤|份(?!额)|户(?!外)|间|层|栋|幢|座|组(?![织团])|匹|盏|樘|副(?!总)|支(?!付|持|行)|瓶|箱|桶|袋|盒|辆|株|棵"
    r"|亩|米(?!兰)|公里|升(?![级降])|股(?!份)|人(?!民|工)|个(?!亿)|次|字|粉丝|小时|分钟|倍|千瓦|k?wh?(?![a-z])|度(?!假)|块(?=[面板屏砖])"
    r"|%|折|页|款|张(?!家|掖|江)|把(?!手)|方(?!案|便|正)"
)
# After a lone digit behind 万: what makes it the start of the next word (120万6月底, 一百二十万三期).
NEXT_WORD: Final = re.compile(r" ?[折期楼层号日月年点时周季天栋幢座标段区级度个人台套批次]|[-./:%~0-9a-z]")
STARTS_DATE: Final = re.compile(
    r"[0-9今明后本这下当月年季节周]|星期|礼拜|大后|国庆|春节|元旦|五一|十一|端午|中秋|清明|预计|争取|计划|[一二三四五六七八九十两半]{1,3}(?:[月号日天周季年期]|个)"
)
HELPER: Final = re.compile(
    r"[元圆块整的签，。、；吧呢啊哦呀啦嘛]|左右|上下|以[上下内]|出头|起|封顶|含税|不含税|人民币|rmb|预算|金额|总价"
)

LABEL: Final = (
    r"(?:预计|预估|估计)?(?:合同|项目|订单|成交|工程|采购|总)?"
    r"(?:金额|(?<!单)价款?|总价款?|总额|合同额|造价|预算|报价|标的额?|投资额?|货款|费用|合计|总计|共计|总共|一共)"
)
MARK: Final = re.compile(f"{LABEL}|预计|[¥$€£]|rmb|cny|usd|人民币")
"""Some word or sign of the text says that a number next to it is money."""
BEFORE: Final = re.compile(
    rf"(?! )(?P<label>(?:{LABEL}|预计) ?(?:[:是为在有]|改[为成到])? ?)?"
    r"(?P<limit>不[到止足]|(?<![尽赶加])快|最[低高]|(?<!大)小|低于|少于|小于|不?超过|超出|高于|多于|大于|至少|最少|起码|最多|至多|不[低少]于)?"
    r"(?P<about>大约|大概|差不多|估计|估摸|大致|接近|将近|约|(?<![最附靠邻远就])近)?[是有在]? ?"
    r"(?P<sign>¥|(?<![a-z])(?:rmb|cny)[ :]?|人民币)? ?$"
)
UNIT_PRICE_BEFORE: Final = re.compile(r"(?:单价|每(?:台|套|平米?|个|件|户|间|米|吨))[:是为约]? ?$")
OTHER_LABEL: Final = re.compile(
    r"(?:号码?|编码|代码|电话|手机|tel|邮编|流水|工号|单号|发票|qq|微信|卡号|账号|帐号|功率|面积|密码|验证码|尾号)[:是为]? ?$"
)
AFTER: Final = re.compile(
    r"(?P<about> ?(?:左右|上下)(?!游|班))?"
    r"(?P<limit> ?(?:出头|以[上下内]|开外|起(?![草诉飞])|封顶|上限|下限|不到|级别?|多(?:一?点|些)?(?![\u4e00-\u9fff])|\+))?"
    r"(?: ?\(?不?含税\)?)?(?P<of>[的吧呢啊哦呀啦嘛])?"
)
UNIT_PRICE: Final = re.compile(
    r" ?/ ?(?:台|套|平|m2|㎡|个|件|户|间|米|吨|匹|人|组)| ?(?:一|每)(?:台|套|平|个(?!月)|件|户|间|米|吨)"
)
JOINED: Final = re.compile(r" ?(?:[涨加升提降减改变调][为成到至]|(?P<range>-{1,2}|~{1,2}|到|至)|或者?|还是|\+|/) ?")
UP_TO: Final = re.compile(r"[上近过超数几]$")
NAME_AFTER_WAN: Final = re.compile("[达科](?![成目])")
BOUNDARY: Final = re.compile(r"$|[^\w]")
DIGIT: Final = re.compile(f"[0-9{DIGITS}]")
MANY: Final = re.compile(f"[{TENS}]")
NEXT_LETTER: Final = re.compile("[a-z%‰]|[-./:_][0-9a-z]")
# Mobile and long numbers, plain dates of this century.
NO_AMOUNT: Final = re.compile("1[3-9][0-9]{9}|[0-9]{13,}|20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
SHORT_DATE: Final = re.compile("2[5-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
ANSWER: Final = re.compile(
    rf" *(?:{LABEL}|是|就|约|大约)?[:是为]? *((?:{_SPACED})|(?:{_ARABIC})|[{DIGITS}{TENS}零〇多几来]{{1,12}})(k?)[ 。.!吧的]*"
)
PRINTED: Final = re.compile(r",[0-9]{3}(?:,|\.)|[0-9]{2},[0-9]{3}|\.[0-9]{2}$")
"""1,200,000 and 98000.00: written as on an invoice."""
LONE: Final = re.compile(
    rf"(?<![^\s,，;；、])(?:[1-9][0-9]{{0,3}}(?:\.[0-9]{{1,2}})?|[{DIGITS}{TENS}]{{2,6}})(?![^\s,，;；、。])"
)
"""A number that stands by itself: 120, 一百二."""
