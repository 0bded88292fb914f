"""Card JSON 2.0, part by part: which attributes there are and what they may hold (V2 and the component pages)."""

from typing import Any

from adapters.feishu.emulation.card_checks import (
    UNKNOWN_TAG,
    Check,
    Place,
    an_object,
    anything,
    by,
    flag,
    listing,
    matching,
    member,
    number,
    pixels,
    shape,
    string,
)

# fmt: off
TEMPLATES = ("blue", "wathet", "turquoise", "green", "yellow", "orange", "red", "carmine", "violet", "purple", "indigo",
             "grey", "default")
TAG_COLOURS = ("neutral", "blue", "turquoise", "lime", "orange", "violet", "indigo", "wathet", "green", "yellow", "red",
               "purple", "carmine")
BUTTON_TYPES = ("default", "primary", "danger", "text", "primary_text", "danger_text", "primary_filled",
                "danger_filled", "laser")
DATA_TYPES = ("text", "lark_md", "markdown", "options", "number", "persons", "date")
INTERACTIVE = ("button", "input", "select_static", "multi_select_static", "select_person", "multi_select_person",
               "date_picker", "picker_time", "picker_datetime", "overflow", "checker", "select_img")
CONTAINERS = ("form", "column_set", "column", "collapsible_panel", "interactive_container")
MAX_NESTING = 5

some = string(least=1)
name = some
element_id = matching(r"[A-Za-z][A-Za-z0-9_]{0,19}")
padding = pixels(0, 99, parts=4)
gap = pixels(0, 99, "small", "medium", "large", "extra_large")
text_align = member("left", "center", "right")
vertical_align = member("top", "center", "bottom")


def text_object(*tags: str, most: int | None = None) -> Check:
    attributes = {"tag": anything, "content": string(most), "text_size": string(), "text_color": string(),
                  "text_align": text_align, "lines": number(1, 10_000)}
    return by("tag", dict.fromkeys(tags, shape(attributes, ("content",))), UNKNOWN_TAG)


plain = text_object("plain_text")
short_plain = text_object("plain_text", most=100)  # button texts and placeholders
rich = text_object("plain_text", "lark_md")
icon = by("tag", {
    "standard_icon": shape({"tag": anything, "token": some, "color": string(), "size": string()}, ("token",)),
    "custom_icon": shape({"tag": anything, "img_key": some, "size": string()}, ("img_key",)),
}, UNKNOWN_TAG)
confirm = shape({"title": plain, "text": plain}, ("title", "text"))
platforms = {"pc_url": string(), "ios_url": string(), "android_url": string()}
multi_url = shape({"url": some, **platforms}, ("url",))
# A string as `value` is documented, but the SDK's dispatcher breaks on it: here it is an error.
behavior = by("type", {
    "callback": shape({"type": anything, "value": an_object}, ("value",)),
    "open_url": shape({"type": anything, "default_url": some, **platforms}, ("default_url",)),
})
option = shape({"text": plain, "value": some, "icon": icon, "multi_url": multi_url}, ("text", "value"))
person_option = shape({"value": some}, ("value",))
image_option = shape({"img_key": some, "value": some}, ("img_key", "value"))
border = shape({"color": string(), "corner_radius": string()})

COMMON: dict[str, Check] = {"tag": anything, "element_id": element_id, "margin": pixels(-99, 99, parts=4)}
LAYOUT: dict[str, Check] = {
    "direction": member("vertical", "horizontal"), "padding": padding, "horizontal_spacing": gap,
    "vertical_spacing": gap, "horizontal_align": text_align, "vertical_align": vertical_align,
}
ASKING: dict[str, Check] = {
    "name": name, "required": flag, "disabled": flag, "disabled_tips": plain, "width": string(), "confirm": confirm,
    "behaviors": listing(behavior),
}


def elements(value: Any, place: Place) -> None:
    listing(component)(value, place)


def component(value: Any, place: Place) -> None:
    """One component anywhere below the body, with what depends on where it stands."""
    an_object(value, place)
    tag = value.get("tag")
    if not isinstance(tag, str) or tag not in COMPONENTS:
        raise place.fault(f"not support tag: {tag!r}", UNKNOWN_TAG)
    place = Place(f"{place.path}(tag: {tag})", place.containers)
    if tag in ("form", "table") and place.containers:
        raise place.fault(f"{tag} must be at the root of the body, not in {place.containers[-1]}")
    COMPONENTS[tag](value, _inside(tag, place) if tag in CONTAINERS else place)


def columns(value: Any, place: Place) -> None:
    listing(by("tag", {"column": lambda one, at: column(one, _inside("column", at))}, UNKNOWN_TAG))(value, place)


def _inside(tag: str, place: Place) -> Place:
    """Whether a column counts as a container of its own is not documented; here it does."""
    if len(place.containers) >= MAX_NESTING:
        raise place.fault(f"containers are nested deeper than {MAX_NESTING}")
    return place.inside(tag)


def made_of(attributes: dict[str, Check], *required: str) -> Check:
    return shape({**COMMON, **attributes}, required)


def choice(item: Check, *required: str, **attributes: Check) -> Check:
    return made_of({**ASKING, "placeholder": short_plain, "options": listing(item), **attributes}, *required)


def picker(**attributes: Check) -> Check:
    return made_of({**ASKING, "placeholder": short_plain, **attributes})


column = made_of({**LAYOUT, "width": matching(r"auto|weighted|(?:1[6-9]|[2-9]\d|[1-5]\d\d|600)px"),
                  "weight": number(1, 5), "background_style": string(), "elements": elements,
                  "action": shape({"multi_url": multi_url})})
number_format = shape({"symbol": string(), "precision": number(0, 10), "separator": flag})
table_column = shape({"name": name, "display_name": string(), "data_type": member(*DATA_TYPES), "width": string(),
                      "format": number_format, "date_format": string(), "horizontal_align": text_align,
                      "vertical_align": vertical_align}, ("name", "data_type"))
header_style = shape({"text_align": text_align, "text_size": string(), "background_style": member("none", "grey"),
                      "text_color": string(), "bold": flag, "lines": number(1, 100)})
panel_header = shape({"title": text_object("plain_text", "markdown", "lark_md"), "vertical_align": vertical_align,
                      "icon": icon, "padding": padding, "background_color": string(), "width": string(),
                      "icon_position": member("left", "right", "follow_text"),
                      "icon_expanded_angle": number(-180, 180)}, ("title",))
text_tag = shape({"tag": member("text_tag"), "text": plain, "color": member(*TAG_COLOURS), "element_id": element_id},
                 ("tag", "text"))
header = shape({"title": rich, "subtitle": rich, "text_tag_list": listing(text_tag, most=3),
                "template": member(*TEMPLATES), "icon": icon, "padding": padding}, ("title",))
config = shape({"update_multi": flag, "enable_forward": flag, "enable_forward_interaction": flag,
                "width_mode": member("default", "compact", "fill"), "summary": shape({"content": string()}),
                "streaming_mode": flag, "style": shape({"text_size": an_object, "color": an_object})})
body = shape({**LAYOUT, "elements": elements}, ("elements",))
card = shape({"schema": member("2.0"), "config": config, "card_link": multi_url, "header": header, "body": body},
             ("schema",))

COMPONENTS: dict[str, Check] = {
    "markdown": made_of({"content": string(), "text_align": text_align, "text_size": string(), "icon": icon},
                        "content"),
    "div": made_of({"text": rich, "icon": icon, "width": string(),
                    "fields": listing(shape({"is_short": flag, "text": rich}, ("text",)))}),
    "hr": made_of({}),
    "img": made_of({"img_key": some, "alt": plain, "title": plain, "size": string(), "corner_radius": string(),
                    "scale_type": member("crop_center", "crop_top"), "transparent": flag, "preview": flag},
                   "img_key", "alt"),
    "img_combination": made_of({"combination_mode": string(), "corner_radius": string(),
                                "img_list": listing(shape({"img_key": some}, ("img_key",)))}, "img_list"),
    "person": made_of({"user_id": some, "size": string(), "show_avatar": flag, "show_name": flag, "style": string()},
                      "user_id"),
    "person_list": made_of({"persons": listing(shape({"id": some}, ("id",))), "size": string(), "show_avatar": flag,
                            "show_name": flag, "lines": number(1, 100)}, "persons"),
    "table": made_of({"page_size": number(1, 10), "row_height": pixels(32, 124, "low", "middle", "high", "auto"),
                      "freeze_first_column": flag, "header_style": header_style, "rows": listing(an_object),
                      "columns": listing(table_column, most=50, least=1)}, "columns", "rows"),
    "chart": made_of({"aspect_ratio": string(), "color_theme": string(), "preview": flag, "height": string(),
                      "chart_spec": an_object}, "chart_spec"),
    "column_set": made_of({**LAYOUT, "flex_mode": member("none", "stretch", "flow", "bisect", "trisect"),
                           "background_style": string(), "columns": columns,
                           "action": shape({"multi_url": multi_url})}, "columns"),
    "collapsible_panel": made_of({**LAYOUT, "expanded": flag, "header": panel_header, "background_color": string(),
                                  "border": border, "elements": elements}, "header", "elements"),
    "interactive_container": made_of({**LAYOUT, **ASKING, "height": string(), "background_style": string(),
                                      "has_border": flag, "border_color": string(), "corner_radius": string(),
                                      "elements": elements}, "elements"),
    "form": made_of({**LAYOUT, "name": name, "elements": elements}, "name", "elements"),
    "button": made_of({**ASKING, "type": member(*BUTTON_TYPES), "size": member("tiny", "small", "medium", "large"),
                       "text": short_plain, "icon": icon, "form_action_type": member("submit", "reset")}),
    "input": made_of({**ASKING, "label": plain, "label_position": member("top", "left"), "placeholder": short_plain,
                      "default_value": string(), "max_length": number(1, 1000), "auto_resize": flag,
                      "input_type": member("text", "multiline_text", "password"), "rows": number(1, 100),
                      "max_rows": number(1, 100)}),
    "select_static": choice(option, "options", initial_option=string(), initial_index=number(0, 10_000)),
    "multi_select_static": choice(option, "options", "name", selected_values=listing(string())),
    "select_person": choice(person_option, initial_option=string()),
    "multi_select_person": choice(person_option, "name", selected_values=listing(string())),
    "date_picker": picker(initial_date=matching(r"\d{4}-\d\d-\d\d")),
    "picker_time": picker(initial_time=matching(r"\d\d:\d\d")),
    "picker_datetime": picker(initial_datetime=matching(r"\d{4}-\d\d-\d\d \d\d:\d\d")),
    "overflow": made_of({**ASKING, "options": listing(option)}, "options"),
    "checker": made_of({**ASKING, "text": rich, "checked": flag, "overall_checkable": flag}),
    "select_img": made_of({**ASKING, "options": listing(image_option), "multi_select": flag, "layout": string(),
                           "style": string(), "can_preview": flag, "aspect_ratio": string()}, "options"),
}
# fmt: on
